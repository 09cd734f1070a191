"use client";

import { Menu, UnstyledButton } from "@mantine/core";
import { IconCheck, IconPlus, IconSelector } from "@tabler/icons-react";
import Link from "next/link";
import type { Me } from "@/lib/access/schema";
import classes from "./app-shell.module.css";
import { rememberChoice } from "./browser-cookie";

/** Lists stay where they are in another project; what one was looking at is not there. */
function enter(name: string): void {
  rememberChoice("larder_project", name);
  const { pathname } = window.location;
  window.location.assign(pathname.split("/").length > 2 ? "/" : pathname);
}

/** The project that pages show; leads to the others, and to making one for whoever may. */
export function ProjectSwitch({ me }: { me: Me }): React.ReactElement | null {
  const { project, projects } = me;
  const may = me.user.instanceAdmin;
  if (projects.length < 2 && !may) return project && <span className={classes.project}>{project.name}</span>;
  return (
    <Menu position="bottom-start" width={232} shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.projectButton} aria-label={`Project ${project?.name ?? "none"}: change`}>
          {project?.name ?? "No project"}
          <IconSelector size={13} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {projects.map(({ name, title }) => (
          <Menu.Item
            key={name}
            onClick={() => enter(name)}
            rightSection={name === project?.name ? <IconCheck size={14} aria-label="shown now" /> : undefined}
          >
            <span className={classes.projectTitle}>{title || name}</span>
            <span className={classes.projectName}>{name}</span>
          </Menu.Item>
        ))}
        {may && projects.length > 0 && <Menu.Divider />}
        {may && (
          <Menu.Item component={Link} href="/projects/new" leftSection={<IconPlus size={14} aria-hidden />}>
            New project
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
