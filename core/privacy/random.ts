/** A source of `size` unpredictable bytes; `randomBytes` of `node:crypto`, or a fixed sequence in a test. */
export type Random = (size: number) => Buffer;
