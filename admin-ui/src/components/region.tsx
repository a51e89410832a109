import { Component, type ErrorInfo, type ReactNode } from 'react';
import { useWords } from '../lib/locale.tsx';
import { Empty } from './empty.tsx';
import { Icon } from './icon.tsx';
import { sharedWords } from './shared-words.ts';

type Props = { children: ReactNode; fallback: (tryAgain: () => void) => ReactNode };

/** React knows error boundaries as classes only. */
class Boundary extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    return this.state.broken ? this.props.fallback(() => this.setState({ broken: false })) : this.props.children;
  }
}

/** A part of the page that may break without taking the rest with it. */
export function Region({ children }: { children: ReactNode }) {
  const t = useWords(sharedWords);
  return (
    <Boundary
      fallback={(tryAgain) => (
        <div role="alert">
          <Empty icon="exclamation-triangle-fill" title={t.regionBroke}>
            <p>{t.regionBrokeWhat}</p>
            <button type="button" className="btn btn-outline-secondary" onClick={tryAgain}>
              <Icon name="arrow-clockwise" />
              {t.retry}
            </button>
          </Empty>
        </div>
      )}
    >
      {children}
    </Boundary>
  );
}
