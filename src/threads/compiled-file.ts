/**
 * Returns the compiled file beside a module: a thread cannot run TypeScript.
 *
 * @param name the file's name, without its ending
 * @param module the module's `import.meta.url`. If it runs from source (in tests), the file of the last build is meant.
 */
export function compiledFile(name: string, module: string): URL {
  const beside = new URL(`./${name}.js`, module);
  if (module.endsWith('.js')) return beside;
  const source = beside.href.lastIndexOf('/src/');
  return new URL(`${beside.href.slice(0, source)}/dist${beside.href.slice(source)}`);
}
