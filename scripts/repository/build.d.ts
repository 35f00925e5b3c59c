// For what is compiled without its scripts; build.js says what each does.
export function staleBuild(root: string): string | null;
export function build(root: string): Promise<void>;
export function copyPrograms(root: string, compiled: string): void;
