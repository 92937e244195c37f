import { defineConfig } from 'vitest/config';

// The application serves the output under /static/dist/ and looks names up in the manifest.
export default defineConfig({
  base: '/static/dist/',
  publicDir: false,
  build: {
    outDir: '../app/static/dist',
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1400,
    rollupOptions: { input: ['src/main.ts', 'src/editor.ts', 'src/styles/pages.css'] },
  },
  worker: { format: 'es' },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
