import { Button } from '@grafana/ui';
import React, { ComponentProps } from 'react';

interface Props extends Pick<ComponentProps<typeof Button>, 'size'> {
  isOpen: boolean;
  /** The id of the element that the button opens. */
  controls: string;
  onChange: (isOpen: boolean) => void;
  children: string;
}

/** A button that opens and closes the element below it. */
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
