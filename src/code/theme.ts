import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { GrafanaTheme2 } from '@grafana/data';
import { tags } from '@lezer/highlight';

/** Returns the style of Grafana's fields, with PromQL in the theme's colors. */
export function themeOf(theme: GrafanaTheme2): Extension {
  return [
    EditorView.theme(styles(theme), { dark: theme.isDark }),
    syntaxHighlighting(
      HighlightStyle.define([
        {
          tag: [tags.function(tags.variableName), tags.operatorKeyword, tags.modifier, tags.logicOperator],
          color: theme.colors.primary.text,
        },
        { tag: tags.labelName, color: theme.colors.warning.text },
        { tag: tags.string, color: theme.colors.success.text },
        { tag: tags.number, color: theme.visualization.getColorByName(theme.isDark ? 'light-purple' : 'dark-purple') },
        { tag: tags.comment, color: theme.colors.text.secondary, fontStyle: 'italic' },
      ])
    ),
  ];
}

function styles({ colors, components, shape, shadows, spacing, typography, zIndex }: GrafanaTheme2) {
  const font = { fontFamily: typography.fontFamilyMonospace, fontSize: typography.body.fontSize };
  return {
    '&': {
      color: components.input.text,
      backgroundColor: components.input.background,
      border: `1px solid ${components.input.borderColor}`,
      borderRadius: shape.radius.default,
    },
    '&:hover': { borderColor: components.input.borderHover },
    '&.cm-focused': {
      outline: '2px dotted transparent',
      boxShadow: `0 0 0 2px ${colors.background.canvas}, 0 0 0 4px ${colors.primary.main}`,
    },
    '.cm-scroller': { ...font, lineHeight: typography.body.lineHeight, maxHeight: '40vh' },
    '.cm-content': { minHeight: spacing(7), padding: spacing(0.75, 0), caretColor: colors.text.maxContrast },
    '.cm-line': { padding: spacing(0, 1) },
    '.cm-placeholder': { color: colors.text.disabled },
    '&.cm-focused .cm-matchingBracket': {
      backgroundColor: colors.action.selected,
      outline: `1px solid ${colors.border.strong}`,
    },
    '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: colors.error.transparent },
    '.cm-tooltip': {
      ...typography.bodySmall,
      zIndex: zIndex.portal,
      color: colors.text.primary,
      backgroundColor: colors.background.secondary,
      border: `1px solid ${colors.border.medium}`,
      borderRadius: shape.radius.default,
      boxShadow: shadows.z3,
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { ...font, maxHeight: '16em', maxWidth: '80vw' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: spacing(0.25, 1) },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      color: colors.text.maxContrast,
      backgroundColor: colors.action.selected,
    },
    '.cm-completionMatchedText': { fontWeight: typography.fontWeightBold, textDecoration: 'none' },
    '.cm-completionDetail': { color: colors.text.secondary },
    '[aria-selected] .cm-completionDetail': { color: 'inherit' },
    '.cm-tooltip.cm-completionInfo': { padding: spacing(1) },
    '.cm-diagnostic': { padding: spacing(0.5, 1) },
    '.cm-diagnostic-error': { borderLeft: `${spacing(0.5)} solid ${colors.error.border}` },
    '.cm-diagnostic-warning': { borderLeft: `${spacing(0.5)} solid ${colors.warning.border}` },
  };
}
