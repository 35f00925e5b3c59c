import type { JSX } from 'preact';
import type { SettingsView as Settings } from '../../contract.ts';
import { useAnswer } from '../connection/use-answer.ts';
import { Failed, Loading } from '../parts/states.tsx';
import { Text } from '../parts/text.tsx';

/** What rowtrail was told, and where; nothing is changed here. */
export function SettingsView(): JSX.Element {
  const { data, trouble, again } = useAnswer<Settings>('/api/settings');
  return (
    <>
      <div class="view-head">
        <h1>Settings</h1>
        <span class="muted">{data === null ? '' : `rowtrail ${data.version}`}</span>
      </div>
      <p class="muted lead">
        These hold now. They are set by flags, by <code>ROWTRAIL_*</code> variables or in{' '}
        <code>rowtrail.config.yaml</code>, and hold from the next start of <code>rowtrail serve</code> on.
      </p>
      {trouble !== null && <Failed trouble={trouble} again={again} />}
      {data === null && trouble === null && <Loading lines={8} />}
      {data !== null && (
        <div class="card table-card">
          <table class="settings">
            <thead>
              <tr>
                <th scope="col">Setting</th>
                <th scope="col">Value</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {data.settings.map(({ name, value, origin, help }) => (
                <tr key={name} class={origin === 'default' ? '' : 'chosen'}>
                  <th scope="row">
                    <code>{name}</code>
                    <span class="muted small">
                      <Text>{help}</Text>
                    </span>
                  </th>
                  <td class={origin === 'default' ? 'value muted' : 'value'}>
                    <Text longest={200}>{value}</Text>
                  </td>
                  <td>
                    <span class={`tag ${origin}`}>{origin}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
