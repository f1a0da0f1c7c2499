import CopyWebpackPlugin from 'copy-webpack-plugin';
import type { Configuration } from 'webpack';

import grafanaConfig, { type Env } from './.config/webpack/webpack.config.ts';

/** Extends Grafana's webpack configuration: copies the dashboards, which plugin.json lists under `includes`. */
const config = async (env: Env): Promise<Configuration> => {
  const base = await grafanaConfig(env);
  return {
    ...base,
    // Instead of webpack, `go tool mage bench` checks the size of the bundle, after compression.
    performance: { hints: false },
    plugins: [
      ...(base.plugins ?? []),
      new CopyWebpackPlugin({ patterns: [{ from: '../dashboards/*.json', to: 'dashboards/[name][ext]' }] }),
    ],
  };
};

export default config;
