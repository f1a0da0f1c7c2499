import './.config/jest-setup';
import { configure } from '@testing-library/react';

// Like jest's timeout, this allows for a busy machine.
configure({ asyncUtilTimeout: 10_000 });

// jsdom doesn't have IntersectionObserver, with which Grafana 13's menus observe their last option.
global.IntersectionObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
