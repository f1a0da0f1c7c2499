import { Button } from '@grafana/ui';
import React, { ComponentProps } from 'react';

interface Props extends Pick<ComponentProps<typeof Button>, 'size'> {
  isOpen: boolean;
  /** Id of what it opens. */
  controls: string;
  onChange: (isOpen: boolean) => void;
  children: string;
}

/** Opens and closes what stands below it. */
export function ExpandButton({ size, isOpen, controls, onChange, children }: Props) {
  return (
    <Button
      size={size}
      variant="secondary"
      fill="text"
      icon={isOpen ? 'angle-down' : 'angle-right'}
      aria-expanded={isOpen}
      aria-controls={controls}
      onClick={() => onChange(!isOpen)}
    >
      {children}
    </Button>
  );
}
