import { type ReactNode, useEffect, useId, useRef } from "react";

/** A modal dialog of the browser's own: it holds the focus, closes with Escape and gives the focus back. */
function useModal(close: () => void) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      // A dialog that leaves the page gives nothing back by itself.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return {
    ref,
    onCancel: (event: { preventDefault(): void }) => {
      event.preventDefault();
      close();
    },
    onClick: (event: { target: unknown }) => {
      if (event.target === ref.current) close();
    },
  };
}

export function Drawer({ title, close, children }: { title: ReactNode; close: () => void; children: ReactNode }) {
  const name = useId();
  return (
    <dialog className="drawer" aria-labelledby={name} {...useModal(close)}>
      <div className="drawer-body">
        <div className="drawer-head">
          <h2 id={name} className="grow">
            {title}
          </h2>
          <button type="button" className="button small" onClick={close}>
            Close
          </button>
        </div>
        <div className="drawer-content" tabIndex={-1}>
          {children}
        </div>
      </div>
    </dialog>
  );
}

export function Dialog({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const name = useId();
  return (
    <dialog className="dialog" aria-labelledby={name} {...useModal(close)}>
      <div className="stack">
        <h2 id={name}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
