import fs from 'node:fs';
import path from 'node:path';
import type { Example } from '#core/understanding/classifier-model.ts';

/** The sets below one folder; each is a folder of `.jsonl` files, one for each split. */
export type Datasets = {
  has: (set: string) => boolean;
  /** The first of these splits that is there. */
  split: (set: string, ...names: string[]) => string | undefined;
  lines: <T>(set: string, split: string) => T[];
  /** The rows of the first of these splits that is there; none, if none is. */
  examples: (set: string, ...names: string[]) => Example[];
};

export function openDatasets(folder: string): Datasets {
  const fileOf = (set: string, split: string): string => path.join(folder, set, `${split}.jsonl`);
  const split: Datasets['split'] = (set, ...names) => names.find((name) => fs.existsSync(fileOf(set, name)));
  function lines<T>(set: string, name: string): T[] {
    const text = fs.readFileSync(fileOf(set, name), 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as T);
  }
  return {
    has: (set) => fs.existsSync(path.join(folder, set)),
    split,
    lines,
    examples: (set, ...names) => {
      const name = split(set, ...names);
      return name ? lines<Example>(set, name).map(({ text, label }) => ({ text, label })) : [];
    },
  };
}
