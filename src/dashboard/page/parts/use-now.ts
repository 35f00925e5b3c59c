import { useEffect, useState } from 'preact/hooks';

/** The time in milliseconds, looked at again every so often: for words like "12 s ago". */
export function useNow(everyMs = 5000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
