import { Failure } from "../part/State";

export function Broken({ error }: { error: unknown }) {
  return (
    <div className="page">
      <Failure error={error} retry={() => location.reload()} />
    </div>
  );
}
