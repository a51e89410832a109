/** The product's mark: a bell on a counter. */
export function Logo() {
  return (
    <svg className="fd-logo" viewBox="0 0 32 32" role="img" aria-label="Frontdesk">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path d="M7 21a9 9 0 0 1 18 0z" fill="var(--fd-on-accent)" />
      <path d="M6 24h20M16 9v3M13.5 8.5h5" stroke="var(--fd-on-accent)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
