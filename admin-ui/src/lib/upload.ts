import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Api } from './api.ts';
import { useTools } from './tools.tsx';

const uploadQuery = (api: Api, id: string) =>
  queryOptions({
    queryKey: ['upload', id],
    queryFn: ({ signal }) => api.download(id, signal),
    staleTime: Infinity,
  });

/** An upload as an address for `<img>`: files need the access token, which an address cannot carry. */
export function useUploadUrl(id: string): { url: string | undefined; failed: boolean } {
  const { data, isError } = useQuery(uploadQuery(useTools().api, id));
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!data) return undefined;
    const made = URL.createObjectURL(data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return { url, failed: isError };
}

/** Fetches an upload and hands it to the browser as a download. */
export async function saveUpload(api: Api, upload: { id: string; name: string }): Promise<void> {
  const url = URL.createObjectURL(await api.download(upload.id));
  const link = document.createElement('a');
  link.href = url;
  link.download = upload.name;
  link.click();
  // The browser has taken the address by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
