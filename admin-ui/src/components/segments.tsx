import type { ReactNode } from 'react';

type Choice<V extends string> = { value: V; label: ReactNode; kind?: string };

/** A small switch among a few values; each is a pressed or unpressed button. */
export function Segments<V extends string>({
  label,
  value,
  choices,
  onChoose,
}: {
  label: string;
  value: V;
  choices: readonly Choice<V>[];
  onChoose: (value: V) => void;
}) {
  return (
    <span className="fd-seg" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === value}
          data-kind={choice.kind}
          onClick={() => onChoose(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </span>
  );
}
