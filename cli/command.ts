/** What a command may do to the outside. The real one is made in `terminal.ts`; tests pass their own. */
export type Terminal = {
  env: Readonly<Record<string, string | undefined>>;
  input: NodeJS.ReadableStream;
  /** A person sits there: both input and output are a terminal. */
  interactive: boolean;
  /** Words on the standard output, as they are. */
  write: (words: string) => void;
  /** A line on the standard output. */
  print: (line: string) => void;
  /** A line on the error output. */
  complain: (line: string) => void;
  /** Calls the listener at every Ctrl-C or request to end; returns what takes the listener away. */
  onInterrupt: (listener: () => void) => () => void;
  /** Ends this process without waiting for anything. */
  exitNow: (code: number) => void;
};

/** An option of a command; `value` names what stands behind it, none for a switch. */
export type Option = { value?: string; short?: string; says: string };

/** What was given behind a command's name. */
export type Given = { text: (name: string) => string | undefined; on: (name: string) => boolean };

/** A command of `npm run frontdesk`. */
export type Command = {
  /** As it is typed: `user create`. */
  name: string;
  summary: string;
  options: Readonly<Record<string, Option>>;
  /** More for its help, below the options. */
  notes?: () => string;
  /** Returns the exit code; what it throws becomes one sentence. */
  run: (given: Given, terminal: Terminal) => Promise<number>;
};
