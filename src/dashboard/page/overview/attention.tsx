import type { JSX } from 'preact';
import type { Overview } from '../../contract.ts';
import { Commands } from '../parts/command-line.tsx';
import { Text } from '../parts/text.tsx';
import { useNow } from '../parts/use-now.ts';
import { moment } from '../words/times.ts';

/** What wants a person: alerts, hosts that are paused, and what to do next. */
export function Attention({ overview }: { overview: Overview }): JSX.Element {
  const { alerts, pausedHosts, recommendations } = overview;
  const now = useNow();
  const calm = alerts.length + pausedHosts.length + recommendations.length === 0;
  return (
    <section class="card attention" aria-labelledby="attention-title">
      <div class="card-head">
        <h2 id="attention-title">What to do next</h2>
      </div>
      {calm && <p class="muted nothing">Nothing. No alert, and no host is paused.</p>}
      <ul class="attention-list">
        {alerts.map((alert) => (
          <li key={`alert ${alert.name}`} class={`note ${alert.severity === 'critical' ? 'bad' : 'warn'}`}>
            <span class="tag">Alert</span>
            <p>
              <Text>{alert.message}</Text>
            </p>
          </li>
        ))}
        {pausedHosts.map((host) => (
          <li key={`host ${host.host}`} class="note warn">
            <span class="tag">Paused until {moment(host.until, now)}</span>
            <p>
              <strong>
                <Text longest={80}>{host.host}</Text>
              </strong>{' '}
              <Text>{host.message}</Text>
            </p>
            <p class="muted">
              <Text>{host.nextStep}</Text>
            </p>
          </li>
        ))}
        {recommendations.map((advice) => (
          <li key={`advice ${advice.message}`} class="note">
            <p>
              <Text>{advice.message}</Text>
            </p>
            <Commands commands={advice.commands} />
          </li>
        ))}
      </ul>
    </section>
  );
}
