"use client";

import { PasswordInput, type PasswordInputProps } from "@mantine/core";

/** A password that can be shown; says to screen readers too when it was refused. */
export function PasswordField(
  props: PasswordInputProps & { label: string; autoComplete: "current-password" | "new-password" },
): React.ReactElement {
  return (
    <PasswordInput
      {...props}
      aria-invalid={props.error ? true : undefined}
      visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
    />
  );
}
