import { z } from 'zod';
import { can } from '#core/access/roles.ts';
import { Attachment } from '#core/conversation/content.schema.ts';
import type { UploadReader, Uploads } from '#core/conversation/uploads.ts';
import { invalid, unauthenticated } from '#core/errors.ts';
import { byId, get, post, type Caller, type Endpoint } from './endpoint.ts';

const UploadQuery = z.object({
  /** What the file is called where it comes from; shown with it. */
  name: z.string().max(1_000).default('file'),
  /** The conversation it is for. The holder of a conversation's token leaves it out. */
  sessionId: z.uuid().optional(),
});

function readerOf(caller: Caller): UploadReader {
  if (caller.kind === 'visitor') return { sessionId: caller.sessionId };
  if (caller.kind === 'user') return can(caller.roles, 'conversation.read') ? 'desk' : { userId: caller.id };
  throw unauthenticated('Send a token: Authorization: Bearer …');
}

/** Files in conversations. */
export function uploadsEndpoints({ uploads }: { uploads: Pick<Uploads, 'receive' | 'open'> }): Endpoint[] {
  return [
    post(
      '/uploads',
      {
        summary: 'Send a file, its bytes as the body, 20 MiB at most. What it is, is told by its content.',
        allow: 'token',
        query: UploadQuery,
        body: 'bytes',
        returns: Attachment,
        problems: ['invalid', 'not-found', 'conflict', 'too-large', 'unsupported', 'unavailable'],
        limit: 'uploads',
      },
      ({ query, caller, stream }) => {
        const sessionId = query.sessionId ?? (caller.kind === 'visitor' ? caller.sessionId : undefined);
        if (sessionId === undefined)
          throw invalid('Say for which conversation the file is: ?sessionId=…', [
            { path: 'sessionId', message: 'needed unless a conversation’s token is sent' },
          ]);
        return uploads.receive(readerOf(caller), { sessionId, name: query.name, stream });
      },
    ),
    get(
      '/uploads/{upload_id}',
      {
        summary: 'A file of a conversation, always as a download.',
        allow: 'token',
        params: byId('upload_id'),
        returns: 'file',
        problems: ['not-found'],
      },
      ({ params, caller }) => uploads.open(readerOf(caller), params.upload_id),
    ),
  ];
}
