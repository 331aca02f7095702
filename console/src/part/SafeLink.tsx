/** An address that others wrote: a link only where it leads to a web page. */
export function SafeLink({ address }: { address: string }) {
  const web = /^https:\/\/[^\s]+$/.test(address);
  return web ? (
    <a href={address} target="_blank" rel="noopener noreferrer" className="wrap">
      {address}
    </a>
  ) : (
    <span className="wrap">{address}</span>
  );
}
