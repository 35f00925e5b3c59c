const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, inside attributes too. */
export function escapeHtml(raw: string): string {
  return raw.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** A value as it may stand inside `<script>`: no title can end the element. */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
