import type { ChannelName } from '#core/conversation/conversation.schema.ts';
import { initial } from '../lib/format.ts';
import { useWords } from '../lib/locale.tsx';
import { Icon, type IconName } from './icon.tsx';
import { sharedWords } from './shared-words.ts';

const CHANNEL_ICONS: Readonly<Record<ChannelName, IconName>> = {
  web: 'globe2',
  slack: 'slack',
  telegram: 'telegram',
  teams: 'microsoft-teams',
};

/** Where something came from, as a small coloured square. */
export function ChannelMark({ channel }: { channel: ChannelName }) {
  const t = useWords(sharedWords);
  return (
    <span className="fd-channel" data-channel={channel} role="img" aria-label={t[channel]} title={t[channel]}>
      <Icon name={CHANNEL_ICONS[channel]} />
    </span>
  );
}

/** A customer: round, grey, with the channel on its edge. */
export function CustomerAvatar({
  name,
  channel,
  small = false,
}: {
  name: string;
  channel?: ChannelName;
  small?: boolean;
}) {
  return (
    <span className={small ? 'fd-avatar fd-avatar-sm' : 'fd-avatar'}>
      <span aria-hidden="true">{initial(name, 'customer')}</span>
      {channel && <ChannelMark channel={channel} />}
    </span>
  );
}

/** One of us: round and filled. */
export function AgentAvatar({ name, small = false }: { name: string; small?: boolean }) {
  return (
    <span className={`fd-avatar fd-avatar-agent${small ? ' fd-avatar-sm' : ''}`} aria-hidden="true">
      {initial(name, 'agent')}
    </span>
  );
}

/** The bot: square, told apart without colour. */
export function BotAvatar() {
  return (
    <span className="fd-avatar fd-avatar-sm fd-avatar-bot" aria-hidden="true">
      <Icon name="robot" />
    </span>
  );
}
