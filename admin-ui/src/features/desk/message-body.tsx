import type { Message } from '#core/conversation/conversation.schema.ts';
import type { AnswerSource, Attachment } from '#core/conversation/content.schema.ts';
import { Link } from 'react-router';
import { Icon, type IconName } from '../../components/icon.tsx';
import { fileSize, textLang } from '../../lib/format.ts';
import { useWords } from '../../lib/locale.tsx';
import { paths } from '../../lib/paths.ts';
import { useTools } from '../../lib/tools.tsx';
import { saveUpload, useUploadUrl } from '../../lib/upload.ts';
import { Markdown } from '../../components/markdown.tsx';
import { choicesOf } from './thread-items.ts';
import { threadWords } from './thread-words.ts';

type Content = Message['content'];

/** What customers pressed: ids of the buttons, and what every button said. */
export type Pressed = { readonly ids: ReadonlySet<string>; readonly labels: ReadonlyMap<string, string> };

/** What a message says, in its bubble; below it the buttons that it offered. */
export function MessageBody({ message, pressed }: { message: Message; pressed: Pressed }) {
  const t = useWords(threadWords);
  const { content } = message;
  if (message.deletedAt) return <p className="fd-bubble fd-muted deleted">{t.deleted}</p>;
  const picture = content.kind === 'image';
  return (
    <>
      <div className={picture ? 'fd-bubble bubble-photo' : 'fd-bubble'}>
        <Words content={content} plain={message.author.kind === 'customer'} labels={pressed.labels} />
        {'source' in content && content.source && <Source source={content.source} />}
      </div>
      <Choices content={content} chosen={pressed.ids} />
    </>
  );
}

/** `plain`: a customer's own characters, in which an asterisk is an asterisk. */
function Words({ content, plain, labels }: { content: Content; plain: boolean; labels: Pressed['labels'] }) {
  const t = useWords(threadWords);
  switch (content.kind) {
    case 'text':
      return plain ? <AsWritten text={content.text} /> : <Text text={content.text} />;
    case 'quick_replies':
    case 'confirm':
    case 'csat':
    case 'handoff_notice':
    case 'system':
      return <Text text={content.text} />;
    case 'action':
      return <AsWritten text={content.label ?? labels.get(content.id) ?? content.id} />;
    case 'command':
      return <p>{content.argument ? `${t.command(content.name)} ${content.argument}` : t.command(content.name)}</p>;
    case 'link':
      return (
        <>
          <Text text={content.text} />
          <OutsideLink url={content.url} label={content.label} />
        </>
      );
    case 'card':
      return <Card card={content} />;
    case 'carousel':
      return (
        <>
          {content.text && <Text text={content.text} />}
          <ol className="fd-plain cards">
            {content.cards.map((card, at) => (
              <li key={at}>
                <Card card={card} />
              </li>
            ))}
          </ol>
        </>
      );
    case 'image':
      return <Picture attachment={content.attachment} caption={content.caption} />;
    case 'file':
      return <FileLink attachment={content.attachment} caption={content.caption} icon="file-earmark" />;
    case 'voice':
      return <FileLink attachment={content.attachment} caption={content.transcript} icon="mic" label={t.voice} />;
    case 'audio':
      return <FileLink attachment={content.attachment} caption={content.caption} icon="mic" label={t.audio} />;
    case 'video':
      return <FileLink attachment={content.attachment} caption={content.caption} icon="image" label={t.video} />;
    case 'location':
      return <Place latitude={content.latitude} longitude={content.longitude} title={content.title} />;
    case 'contact':
      return (
        <p>
          {t.contactCard}：{[content.name, content.phone, content.email].filter(Boolean).join(' · ')}
        </p>
      );
    case 'form':
      if ('fields' in content)
        return (
          <>
            <Text text={content.text} />
            <ul className="mb-0 ps-3 fd-sm">
              {content.fields.map((field) => (
                <li key={field.name}>{field.label}</li>
              ))}
            </ul>
          </>
        );
      return (
        <dl className="fd-facts">
          {Object.entries(content.values).map(([name, value]) => (
            <div key={name} className="d-contents">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      );
    case 'rating':
      return (
        <>
          <p>{t.rated(content.score)}</p>
          {content.comment && <AsWritten text={content.comment} />}
        </>
      );
    default:
      // Told on the message that it is about.
      return null;
  }
}

function Text({ text }: { text: string }) {
  return (
    <div lang={textLang(text)}>
      <Markdown text={text} />
    </div>
  );
}

function AsWritten({ text }: { text: string }) {
  return (
    <p className="as-written" lang={textLang(text)}>
      {text}
    </p>
  );
}

function OutsideLink({ url, label }: { url: string; label: string }) {
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {label}
    </a>
  );
}

function Card({ card }: { card: Extract<Content, { kind: 'carousel' }>['cards'][number] }) {
  return (
    <div className="card-body-lines">
      <p className="fd-strong">{card.title}</p>
      {card.subtitle && <p className="fd-muted fd-sm">{card.subtitle}</p>}
      {card.text && <Text text={card.text} />}
      {card.links?.map((link) => (
        <p key={link.url}>
          <OutsideLink url={link.url} label={link.label} />
        </p>
      ))}
    </div>
  );
}

function Place({ latitude, longitude, title }: { latitude: number; longitude: number; title: string | undefined }) {
  const t = useWords(threadWords);
  return (
    <p>
      <Icon name="geo-alt" /> {title ?? t.location} ({latitude.toFixed(5)}, {longitude.toFixed(5)}){' '}
      <OutsideLink
        url={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
        label={t.openMap}
      />
    </p>
  );
}

function Picture({ attachment, caption }: { attachment: Attachment; caption: string | undefined }) {
  const t = useWords(threadWords);
  const { api } = useTools();
  const { url, failed } = useUploadUrl(attachment.id);
  return (
    <>
      <button
        type="button"
        className="photo-button"
        onClick={() => void saveUpload(api, attachment)}
        aria-label={`${t.picture} ${attachment.name}`}
      >
        {url ? (
          <img className="photo" src={url} alt={caption ?? attachment.name} />
        ) : (
          <span className="photo photo-empty" />
        )}
      </button>
      <div className="fd-meta">
        <span>{failed ? t.fileFailed : attachment.name}</span>
        <span>{fileSize(attachment.bytes)}</span>
      </div>
      {caption && <p className="px-2">{caption}</p>}
    </>
  );
}

function FileLink(props: { attachment: Attachment; caption: string | undefined; icon: IconName; label?: string }) {
  const { attachment, caption, icon, label } = props;
  const { api } = useTools();
  const sign = attachment.type === 'application/pdf' ? 'file-earmark-pdf' : icon;
  return (
    <>
      <button type="button" className="fd-file" onClick={() => void saveUpload(api, attachment)}>
        <Icon name={sign} />
        <span>
          {label ? `${label} · ${attachment.name}` : attachment.name}
          <small>{fileSize(attachment.bytes)}</small>
        </span>
      </button>
      {caption && <p>{caption}</p>}
    </>
  );
}

/** Where an answer of the bot's comes from. */
function Source({ source }: { source: AnswerSource }) {
  const t = useWords(threadWords);
  return (
    <div className="fd-source">
      <Icon name="book" small />
      <span>
        {t.source}{' '}
        {source.url ? (
          <OutsideLink url={source.url} label={source.title} />
        ) : source.kind === 'faq' ? (
          <Link to={paths.faqs(source.id)}>{source.title}</Link>
        ) : (
          `${source.title}（${t.sourceDocument}）`
        )}
      </span>
    </div>
  );
}

/** The buttons that a message offered; what the customer pressed is marked. */
function Choices({ content, chosen }: { content: Content; chosen: ReadonlySet<string> }) {
  const t = useWords(threadWords);
  const choices = choicesOf(content);
  if (choices.length === 0) return null;
  const picked = choices.find((choice) => chosen.has(choice.id));
  return (
    <div className="fd-replies" role="group" aria-label={picked ? t.repliesChosen(picked.label) : t.repliesOpen}>
      {choices.map((choice) => (
        <span key={choice.id} className="fd-reply" {...(choice === picked ? { 'data-chosen': true } : {})}>
          {choice === picked && <Icon name="check2" small />}
          {choice.label}
        </span>
      ))}
    </div>
  );
}
