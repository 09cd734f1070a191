"use client";

import { SegmentedControl, useMantineColorScheme, VisuallyHidden } from "@mantine/core";
import { useMounted } from "@mantine/hooks";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";

function option(value: string, name: string, icon: React.ReactElement): { value: string; label: React.ReactElement } {
  return {
    value,
    label: (
      <span title={name} style={{ display: "flex", justifyContent: "center" }}>
        {icon}
        <VisuallyHidden>{name}</VisuallyHidden>
      </span>
    ),
  };
}

/** Chooses light, dark or the system's colours; the choice is kept in this browser. */
export function ColorSchemeSwitch(): React.ReactElement {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const mounted = useMounted();
  return (
    <SegmentedControl
      size="xs"
      aria-label="Colours"
      value={mounted ? colorScheme : "auto"}
      onChange={(value) => setColorScheme(value as "light" | "dark" | "auto")}
      data={[
        option("light", "Light", <IconSun size={15} aria-hidden />),
        option("dark", "Dark", <IconMoon size={15} aria-hidden />),
        option("auto", "As the system", <IconDeviceDesktop size={15} aria-hidden />),
      ]}
    />
  );
}
