import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Me } from '#core/access/access.schema.ts';
import type { Api } from './api.ts';
import { useTools } from './tools.tsx';

const meQuery = (api: Api) =>
  queryOptions({
    queryKey: ['me'],
    queryFn: ({ signal }) => api.get<Me>('/auth/me', {}, signal),
    staleTime: 5 * 60_000,
  });

/** The user who is signed in; `undefined` until the server has said who it is. */
export function useMe(): Me | undefined {
  return useQuery(meQuery(useTools().api)).data;
}

/** The same with its failure, for the page that stands or falls with it. */
export const useMeQuery = () => useQuery(meQuery(useTools().api));
