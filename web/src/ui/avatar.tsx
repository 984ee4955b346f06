import { useState } from "react";
import { cx } from "@/lib/cx";
import { HUE_CLASSES, hueOf } from "@/lib/hue";
import { initials } from "@/lib/names";

const SIZES = { xs: "size-5 text-[0.5625rem]", sm: "size-6 text-xs", md: "size-8 text-sm", lg: "size-12 text-lg" };

interface AvatarProps {
  name: string;
  src?: string | null;
  size?: keyof typeof SIZES;
  /** Companies are square. */
  square?: boolean;
}

/** Always beside the name that it stands for, so it is hidden from screen readers, and its letters are no text of the page. */
export function Avatar({ name, src, size = "sm", square }: AvatarProps) {
  const [failed, setFailed] = useState<string | null>(null);
  const shape = square ? "rounded-sm" : "rounded-full";
  if (src && failed !== src) {
    return (
      <img
        alt=""
        src={src}
        loading="lazy"
        onError={() => setFailed(src)}
        className={cx("shrink-0 object-cover", shape, SIZES[size])}
      />
    );
  }
  return (
    <span
      aria-hidden
      data-initials={initials(name)}
      className={cx(
        "inline-flex shrink-0 items-center justify-center font-medium select-none before:content-[attr(data-initials)]",
        shape,
        SIZES[size],
        HUE_CLASSES[hueOf(name)],
      )}
    />
  );
}
