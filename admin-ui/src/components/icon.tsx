import { ICONS } from './icon-shapes.ts';

export type IconName = keyof typeof ICONS;

/** A sign of 16 px (`small`: 13 px). It says nothing by itself: words stand beside it or on its button. */
export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  return (
    <svg className={small ? 'fd-icon fd-icon-sm' : 'fd-icon'} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {ICONS[name].map((shape) => (
        <path key={shape.d} d={shape.d} {...('evenOdd' in shape ? { fillRule: 'evenodd' as const } : {})} />
      ))}
    </svg>
  );
}
