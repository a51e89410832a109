/** An error as a log may have it: its words and where it came from. PostgreSQL's `detail` holds values of rows and stays out. */
export const safeError = (
  error: unknown,
): { name: string; message: string; code?: unknown; stack?: string | undefined } =>
  error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack, ...('code' in error ? { code: error.code } : {}) }
    : { name: 'unknown', message: String(error) };
