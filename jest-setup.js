import './.config/jest-setup';
import { configure } from '@testing-library/react';

// The default of one second is too short on a busy machine.
configure({ asyncUtilTimeout: 10_000 });

// The menus of Grafana 13 observe their last option with an IntersectionObserver, which jsdom doesn't have.
global.IntersectionObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
