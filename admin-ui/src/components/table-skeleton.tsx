import { Loading, Skeleton } from './skeleton.tsx';

const ROWS = [62, 48, 70, 55, 66, 44, 58, 50];

/** Rows of a table that is being loaded. */
export function TableSkeleton() {
  return (
    <Loading>
      {ROWS.map((width) => (
        <div key={width} className="skeleton-row">
          <Skeleton width={`${width}%`} />
          <Skeleton width="25%" />
        </div>
      ))}
    </Loading>
  );
}
