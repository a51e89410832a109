/** Where the pages are, below `/admin`. */
export const paths = {
  home: '/',
  desk: (sessionId?: string): string => (sessionId === undefined ? '/desk' : `/desk/${sessionId}`),
  tickets: (id?: string): string => (id === undefined ? '/tickets' : `/tickets/${id}`),
  faqs: (id?: string): string => (id === undefined ? '/faqs' : `/faqs/${id}`),
  /** Stands in a FAQ's place while it has no id yet. */
  newFaq: 'new',
} as const;
