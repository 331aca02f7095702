import type { FormEvent, ReactNode } from "react";
import { Dialog } from "./Drawer";
import { Failure } from "./State";

/** What the form's work is at. */
type Work = { error: unknown; isPending: boolean };

type Props = { title: string; act: string; work: Work; enter: () => void; close: () => void; children: ReactNode };

/** Fields, and two buttons: one does the work, the other leaves it. Errors of the work stand above them. */
export function FormDialog({ title, act, work, enter, close, children }: Props) {
  function submit(event: FormEvent) {
    event.preventDefault();
    enter();
  }
  return (
    <Dialog title={title} close={close}>
      <form className="stack" onSubmit={submit}>
        {children}
        {work.error ? <Failure error={work.error} /> : null}
        <div className="row">
          <button type="submit" className="button primary" disabled={work.isPending}>
            {act}
          </button>
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
