// The outlines of every Maki symbol (15 × 15). Its own chunk: loaded when a map first needs one.

const files = import.meta.glob<string>('../../node_modules/@mapbox/maki/icons/*.svg', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const paths = new Map<string, string[]>();
for (const [file, svg] of Object.entries(files)) {
  const name = file.slice(file.lastIndexOf('/') + 1, -'.svg'.length);
  paths.set(
    name,
    // Some files break their paths over lines, as entities.
    [...svg.matchAll(/\sd="([^"]+)"/g)].map((match) =>
      (match[1] ?? '').replace(/&#x[9ad];/gi, ' '),
    ),
  );
}

export function symbolPaths(name: string): string[] | undefined {
  return paths.get(name);
}
