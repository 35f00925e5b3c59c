// Preload (`node --import`) for tools that need TypeScript's JavaScript API, which TypeScript 7 does not have:
// whoever asks for `typescript` in such a process gets version 6 (installed as `typescript6`) instead.
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier.replace(/^typescript(?=$|\/)/, 'typescript6'), context),
});
