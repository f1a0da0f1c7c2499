import './.config/jest-setup';
import { configure } from '@testing-library/react';

// As for jest's own timeout: a busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

// jsdom has none, and Grafana 13's menus observe their last option. Everything is in sight.
global.IntersectionObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
