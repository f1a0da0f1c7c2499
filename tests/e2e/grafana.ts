import { expect } from '@grafana/plugin-e2e';
import type { Locator, Page } from '@playwright/test';

/**
 * Actions on the parts of Grafana's pages that differ between Grafana 11 and Grafana 12. If plugin-e2e has a selector
 * for all versions, the specs use that selector instead.
 */
export interface Grafana {
  /** Returns the options of a dashboard variable, except All. */
  optionsOf(variable: string): Promise<string[]>;
  /** Selects one value of a dashboard variable that is set to All. */
  select(variable: string, value: string): Promise<void>;
  /** Adds the first ad-hoc filter. */
  addFilter(label: string, value: string): Promise<void>;
  /** Shows the error of a dashboard variable and returns the element with the error. */
  errorOf(variable: string): Promise<Locator>;
}

/** The first major version of Grafana that renders every dashboard with Scenes. */
export const FIRST_WITH_SCENES = 12;

export function grafanaOf(page: Page, version: string): Grafana {
  return majorOf(version) < FIRST_WITH_SCENES ? new ClassicGrafana(page) : new ScenesGrafana(page);
}

export const majorOf = (version: string): number => Number.parseInt(version, 10);

/** The heading of a dashboard's row. A click on the heading opens or closes the row. */
export const rowHeading = (page: Page, title: string): Locator =>
  page.getByTestId(`data-testid dashboard-row-title-${title}`);

/** The switch of a dashboard's annotation. */
export const annotationSwitch = (page: Page, name: string): Locator =>
  page
    .getByTestId(`data-testid Dashboard annotations submenu Toggle ${name}`)
    .or(page.getByRole('switch', { name, exact: true }));

/** A cell of a table panel. In Grafana 12 the table has the role grid. */
export const cellOf = (table: Locator, value: string): Locator =>
  table.getByRole('cell', { name: value, exact: true }).or(table.getByRole('gridcell', { name: value, exact: true }));

/** The options of an open menu. */
export const options = (page: Page): Locator =>
  page.getByRole('option').or(page.getByLabel('Select option', { exact: true }));

/**
 * Hides the menu and Explore's outline on the pages that are opened afterwards. Newer versions of Grafana show both on
 * the left.
 */
export async function hideMenus(page: Page) {
  await page.addInitScript(() => {
    localStorage.setItem('grafana.navigation.docked', 'false');
    localStorage.setItem('grafana.explore.contentOutline.visible', 'false');
  });
}

/** Grafana 10 and 11. */
class ClassicGrafana implements Grafana {
  constructor(private readonly page: Page) {}

  async optionsOf(variable: string): Promise<string[]> {
    const texts = await (await this.open(variable)).allInnerTexts();
    await this.close(variable);
    return withoutAll(texts);
  }

  async select(variable: string, value: string) {
    await (await this.open(variable)).filter({ hasText: value }).click();
    await this.close(variable);
  }

  async addFilter(label: string, value: string) {
    const option = (text: string) => this.page.getByLabel('Select option').filter({ hasText: exactly(text) });
    await this.page.getByLabel('Add Filter').click();
    await option(label).click();
    await this.page.getByRole('button', { name: 'Select value' }).click();
    await option(value).click();
  }

  async errorOf(variable: string): Promise<Locator> {
    await expect(this.page.getByText(`Templating [${variable}]`)).toBeVisible();
    return this.page.getByText(/^Error updating options: /);
  }

  private async open(variable: string): Promise<Locator> {
    await this.page.locator(`#var-${variable}`).click();
    const menuOptions = this.menu(variable).getByTestId('data-testid variable-option');
    await expect(menuOptions.filter({ hasText: exactly('All') })).toBeVisible();
    return menuOptions;
  }

  private async close(variable: string) {
    // While the menu is open, a field replaces the button. In Grafana 10.4 the field has no id.
    await this.page.locator(`input[aria-controls="options-${variable}"]`).press('Escape');
    await expect(this.menu(variable)).toBeHidden();
  }

  private menu(variable: string): Locator {
    return this.page.locator(`#options-${variable}`);
  }
}

/** Grafana 12 and later. */
class ScenesGrafana implements Grafana {
  constructor(private readonly page: Page) {}

  async optionsOf(variable: string): Promise<string[]> {
    const field = await this.open(variable);
    // Long menus render only the visible options. Therefore the loop scrolls and collects the options.
    const texts = new Set<string>();
    const last = { count: -1 };
    while (last.count < texts.size) {
      last.count = texts.size;
      for (const text of await options(this.page).allInnerTexts()) {
        texts.add(text.trim());
      }
      await options(this.page).last().hover();
      await this.page.mouse.wheel(0, 200);
      await this.page.waitForTimeout(100);
    }
    await field.press('Escape');
    return withoutAll([...texts]);
  }

  async select(variable: string, value: string) {
    const field = await this.open(variable);
    await field.fill(value);
    await options(this.page)
      .filter({ hasText: exactly(value) })
      .click();
    await field.press('Escape');
    // Grafana applies the selection on blur.
    await field.blur();
  }

  async addFilter(label: string, value: string) {
    const field = this.page.getByRole('combobox', { name: 'Filter by label values' });
    await field.fill(label);
    await this.option(label).click();
    await options(this.page).filter({ hasText: 'Equals' }).click();
    await this.page.keyboard.type(value);
    await this.option(value).click();
    await this.page.keyboard.press('Escape');
  }

  async errorOf(variable: string): Promise<Locator> {
    await this.label(variable).locator('svg').first().hover();
    return this.page.getByRole('tooltip');
  }

  private async open(variable: string): Promise<Locator> {
    const field = this.label(variable).locator('..').getByRole('combobox');
    await field.click();
    await expect(options(this.page).first()).toBeVisible();
    return field;
  }

  private option(text: string): Locator {
    return options(this.page).filter({ hasText: exactly(text) });
  }

  /**
   * Finds a variable by its label. In the specs, the label of the variable is its name, apart from the case.
   */
  private label(variable: string): Locator {
    const id = new RegExp(`^data-testid Dashboard template variables submenu Label ${variable}$`, 'i');
    return this.page.getByTestId(id);
  }
}

const exactly = (text: string): RegExp => new RegExp(`^${text}$`);

const withoutAll = (texts: string[]): string[] => texts.filter((text) => text !== 'All');
