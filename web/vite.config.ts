import { defineConfig } from 'vite';
import { coreFolder } from './dev/core-folder.ts';

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [coreFolder({ fake: mode === 'fake' })],
  server: { fs: { allow: ['..'] } },
  build: {
    outDir: mode === 'fake' ? '../build/site-fake' : '../build/site',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
  },
}));
