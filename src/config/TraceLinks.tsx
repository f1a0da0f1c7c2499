import { ConfigSubSection } from '@grafana/plugin-ui';
import { Button } from '@grafana/ui';
import React from 'react';

import { TraceDestination } from '../shared/options';
import type { SectionProps } from './QuerySettings';
import { TraceLink } from './TraceLink';

/** Edits the links from exemplars to traces. */
export function TraceLinks({ options, disabled, onChange }: SectionProps) {
  const links = options.exemplarTraceIdDestinations ?? [];
  const store = (next: TraceDestination[]) => onChange({ exemplarTraceIdDestinations: next.length ? next : undefined });

  return (
    <ConfigSubSection
      title="Exemplars"
      description="If an exemplar has a trace ID, it links to the trace, in a tracing data source or on a web page. In the URL of a web page, ${__value.raw} is the trace ID."
    >
      {links.map((link, index) => (
        <TraceLink
          key={index}
          number={index + 1}
          link={link}
          disabled={disabled}
          onChange={(next) => store(links.map((old, at) => (at === index ? next : old)))}
          onRemove={() => store(links.filter((_, at) => at !== index))}
        />
      ))}
      {!disabled && (
        <Button variant="secondary" icon="plus" onClick={() => store([...links, { name: '' }])}>
          Add trace link
        </Button>
      )}
    </ConfigSubSection>
  );
}
