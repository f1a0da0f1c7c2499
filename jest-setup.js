import './.config/jest-setup';
import { configure } from '@testing-library/react';

// As for jest's own timeout: a busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });
