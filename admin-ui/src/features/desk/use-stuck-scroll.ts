import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** Nearer to the end than this counts as at the end. */
const NEAR_PX = 48;

/**
 * Keeps a conversation at its end while its reader is there, and still while he reads further up: new messages then
 * only raise `behind`, and earlier ones that are put before do not push what is being read.
 */
export function useStuckScroll(box: RefObject<HTMLElement | null>, first: unknown, last: unknown) {
  const atEnd = useRef(true);
  const fromEnd = useRef(0);
  /** Where the end was when we last went there: only farther up has somebody gone up. */
  const end = useRef(0);
  /** The height of it all when we last looked. */
  const height = useRef(0);
  const [behind, setBehind] = useState(false);

  const toEnd = useCallback(() => {
    const element = box.current;
    if (element) {
      element.scrollTop = element.scrollHeight;
      end.current = element.scrollTop;
      height.current = element.scrollHeight;
    }
    atEnd.current = true;
    setBehind(false);
  }, [box]);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (!element) return;
    fromEnd.current = element.scrollHeight - element.scrollTop;
    const near = fromEnd.current - element.clientHeight < NEAR_PX;
    // A picture that loads collapses and grows between our own scrolling and the news of it: nobody has gone up then.
    const resized = element.scrollHeight !== height.current;
    height.current = element.scrollHeight;
    atEnd.current = near || (atEnd.current && (resized || element.scrollTop >= end.current - 1));
    if (atEnd.current) setBehind(false);
  }, [box]);

  useLayoutEffect(() => {
    const element = box.current;
    if (element && !atEnd.current) element.scrollTop = element.scrollHeight - fromEnd.current;
  }, [box, first]);

  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
    else setBehind(true);
  }, [last, toEnd]);

  useEffect(() => {
    const element = box.current;
    const content = element?.firstElementChild;
    if (!element || !content) return undefined;
    // Pictures and fonts change heights after they were drawn; the pane itself changes with the composer.
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(content);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, toEnd]);

  return { behind, toEnd, onScroll };
}
