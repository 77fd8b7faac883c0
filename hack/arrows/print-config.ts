import { cruiserConfig } from './cruiser-config.ts';

process.stdout.write(cruiserConfig());
