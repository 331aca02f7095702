const PATHS = {
  home: "M2.5 7.5 8 3l5.5 4.500M4 6.500V13h8V6.500M6.5 13V9.500h3V13",
  map: "M4 4.500a1.5 1.5 0 1 0 0-.01M12 5.500a1.5 1.5 0 1 0 0-.01M7 12.500a1.5 1.5 0 1 0 0-.01M5.3 4.700l5.3.7M4.5 5.800l2 5.200M11.2 6.600l-3 4.8",
  model: "M8 2l5.2 3v6L8 14l-5.2-3V5zM8 8l5.2-3M8 8v6M8 8 2.8 5",
  workload: "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01",
  finding: "M8 2.5 14 13H2zM8 6.500v3M8 11.300h.01",
  case: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7 14 14M7 4.800v2.700M7 9.300h.01",
  key: "M5.5 13a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600zM7.5 8.300l5-5M10.5 5.300l2 2",
  eye: "M1.8 8C3.5 5 5.6 3.8 8 3.800S12.5 5 14.2 8c-1.7 3-3.8 4.2-6.2 4.200S3.5 11 1.8 8zM8 9.800a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.600z",
  query: "M2.5 3.500h11v9h-11zM5 6.500l1.8 1.700L5 9.900M8.5 10h2.5",
  probe: "M6 2.500h4M7 2.500v4L3.5 13h9L9 6.500v-4M5.2 10h5.6",
  onboard: "M3 8.5 6.3 12 13 4.5",
  job: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.800V8l2.3 1.5",
  settings: "M2.5 4.500h11M2.5 8h11M2.5 11.500h11M5.5 3v3M10.5 6.500v3M6.5 10v3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
