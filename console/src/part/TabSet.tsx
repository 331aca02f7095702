import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components/Tabs";

export interface TabOf {
  id: string;
  name: string;
  content: ReactNode;
}

export function TabSet({ name, tabs, chosen, choose, className }: { name: string; tabs: TabOf[]; chosen?: string | undefined; choose?: (id: string) => void; className?: string }) {
  return (
    <Tabs
      className={`tabs ${className ?? ""}`}
      {...(chosen === undefined ? {} : { selectedKey: chosen })}
      {...(choose === undefined ? {} : { onSelectionChange: (key: string | number) => choose(String(key)) })}
    >
      <TabList aria-label={name}>
        {tabs.map((tab) => (
          <Tab key={tab.id} id={tab.id}>
            {tab.name}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id}>
          {tab.content}
        </TabPanel>
      ))}
    </Tabs>
  );
}
