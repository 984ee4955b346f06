import { Bell, Copy, Pencil, Plus, Tag as TagIcon, Trash2, Users } from "lucide-react";
import { type ReactNode, useState } from "react";
import { setTheme } from "@/lib/theme";
import { HUES } from "@/lib/hue";
import { Avatar } from "@/ui/avatar";
import { Banner } from "@/ui/banner";
import { Button, IconButton } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Chip, Tag } from "@/ui/chip";
import { Combobox, MultiCombobox } from "@/ui/combobox";
import { DateField, DateTimeField } from "@/ui/date-field";
import { Dialog } from "@/ui/dialog";
import { SidePanel } from "@/ui/side-panel";
import { EmptyState } from "@/ui/empty-state";
import { Field, Input, Textarea } from "@/ui/field";
import { Kbd } from "@/ui/kbd";
import { ContextMenu, Menu, type MenuEntry } from "@/ui/menu";
import { Popover } from "@/ui/popover";
import { Progress } from "@/ui/progress";
import { type Option, Select } from "@/ui/select";
import { Skeleton, SkeletonLines } from "@/ui/skeleton";
import { Stepper } from "@/ui/stepper";
import { Switch } from "@/ui/switch";
import { Segmented } from "@/ui/segmented";
import { Tabs } from "@/ui/tabs";
import { toast } from "@/ui/toast";
import { Tooltip } from "@/ui/tooltip";

/* Development only: every primitive in every state on one page. Its texts are not translated. */

const PLANETS: Option[] = ["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn"].map((label) => ({
  label,
  value: label.toLowerCase(),
}));

const ENTRIES: MenuEntry[] = [
  { id: "edit", label: "Edit", icon: Pencil, keys: "E", run: () => undefined },
  { id: "copy", label: "Copy", icon: Copy, keys: "Mod+C", checked: true, run: () => undefined },
  "separator",
  { id: "merge", label: "Merge", disabledReason: "Pick two people first.", run: () => undefined },
  { id: "trash", label: "Move to trash", icon: Trash2, tone: "danger", keys: "Delete", run: () => undefined },
];

const COLOURS = [
  "bg-canvas",
  "bg-surface",
  "bg-raised",
  "bg-sunken",
  "bg-hover",
  "bg-press",
  "bg-line",
  "bg-line-strong",
  "bg-edge",
  "bg-ink",
  "bg-ink-muted",
  "bg-ink-faint",
  "bg-accent",
  "bg-accent-hover",
  "bg-accent-soft",
  "bg-focus",
  "bg-danger",
  "bg-danger-soft",
  "bg-warn-soft",
  "bg-ok",
  "bg-ok-soft",
];

export function GalleryPage() {
  return (
    <main className="mx-auto h-full max-w-5xl overflow-y-auto bg-surface px-6 py-8">
      <div className="flex items-center gap-2">
        <h1 className="text-xl font-semibold">Gallery</h1>
        <div className="ms-auto flex gap-2">
          <Button size="sm" onClick={() => setTheme("light")}>
            Light
          </Button>
          <Button size="sm" onClick={() => setTheme("dark")}>
            Dark
          </Button>
        </div>
      </div>
      <Group title="Colour">
        {COLOURS.map((name) => (
          <div key={name} className="w-24">
            <div className={`h-10 rounded-md border ${name}`} />
            <p className="mt-1 truncate text-xs text-ink-muted">{name.slice(3)}</p>
          </div>
        ))}
      </Group>
      <Group title="Type">
        <div className="flex flex-col gap-1">
          <p className="text-2xl font-semibold">2xl Ada Lovelace 0123456789</p>
          <p className="text-xl font-semibold">xl Ada Lovelace 0123456789</p>
          <p className="text-lg font-semibold">lg Ada Lovelace 0123456789</p>
          <p className="text-md">md Ada Lovelace 0123456789</p>
          <p>base Ada Lovelace 0123456789</p>
          <p className="text-sm">sm Ada Lovelace 0123456789</p>
          <p className="text-xs">xs Ada Lovelace 0123456789</p>
          <p>
            <span className="text-ink-muted">ink-muted</span> <span className="text-ink-faint">ink-faint</span>{" "}
            <span className="text-accent-text">accent</span> <span className="text-danger-text">danger</span>{" "}
            <span className="text-warn-text">warn</span> <span className="text-ok-text">ok</span>
          </p>
        </div>
      </Group>
      <Buttons />
      <Fields />
      <Group title="Tags, avatars, keys">
        {HUES.map((hue) => (
          <Tag key={hue} name={hue} color={hue} />
        ))}
        <Tag name="Removable" onRemove={() => undefined} />
        <Tag name="A very long tag name that has to be cut somewhere" />
        <Chip label="City" onRemove={() => undefined}>
          City is Berlin
        </Chip>
        <Avatar name="Ada Lovelace" size="xs" />
        <Avatar name="Grace Hopper" />
        <Avatar name="李小龙" size="md" />
        <Avatar name="ACME" size="lg" square />
        <Kbd keys="Mod+K" />
        <Kbd keys="G P" />
      </Group>
      <Overlays />
      <TabsGroup />
      <Group title="Banners">
        <div className="flex w-full flex-col gap-2">
          <Banner tone="info" action={<Button size="sm">Show</Button>}>
            Three people look alike.
          </Banner>
          <Banner tone="warn">
            Timeline, notes and tasks are out of order for the moment. People and companies work.
          </Banner>
          <Banner tone="danger">E-mail and password don't fit together.</Banner>
        </div>
      </Group>
      <Group title="Progress, steps, skeletons">
        <div className="flex w-full flex-col gap-5">
          <Progress label="Importing" value={42}>
            42,000 of 100,000
          </Progress>
          <Progress label="Counting" value={null} />
          <Stepper steps={["Upload", "Match", "Check", "Import"]} current={2} />
          <div className="flex items-center gap-3">
            <Skeleton className="size-8 rounded-full" />
            <div className="flex-1">
              <SkeletonLines label="Loading" />
            </div>
          </div>
        </div>
      </Group>
      <Group title="Empty states">
        <div className="grid w-full gap-4 wide:grid-cols-2">
          <EmptyState
            kind="nothing"
            icon={Users}
            title="No people yet"
            action={<Button variant="primary">New person</Button>}
          >
            Make the first, or bring them along from a spreadsheet.
          </EmptyState>
          <EmptyState kind="filtered" title="Nobody matches" action={<Button>Clear filters</Button>}>
            48 people are hidden by your filters.
          </EmptyState>
          <EmptyState kind="trash" title="The trash is empty">
            What you delete stays here for 30 days.
          </EmptyState>
          <EmptyState kind="readonly" title="For admins only">
            Ask an admin of this workspace.
          </EmptyState>
        </div>
      </Group>
    </main>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-b py-6">
      <h2 className="mb-3 text-sm text-ink-faint">{title}</h2>
      <div className="flex flex-wrap items-center gap-3">{children}</div>
    </section>
  );
}

function Buttons() {
  return (
    <Group title="Buttons">
      {(["primary", "secondary", "ghost", "danger"] as const).map((variant) => (
        <div key={variant} className="flex flex-wrap items-center gap-2">
          <Button variant={variant}>{variant}</Button>
          <Button variant={variant} icon={Plus} size="sm">
            Small
          </Button>
          <Button variant={variant} loading>
            Saving
          </Button>
          <Button variant={variant} disabled>
            Disabled
          </Button>
          <Button variant={variant} disabledReason="You can look, but not change.">
            Refused
          </Button>
        </div>
      ))}
      <Button icon={Plus} keys="C">
        New person
      </Button>
      <IconButton icon={Bell} label="Notifications" />
      <IconButton icon={Bell} label="Notifications" pressed />
      <IconButton icon={Bell} label="Notifications" disabled size="sm" />
      <Tooltip label="A tooltip with keys" keys="Mod+K">
        <Button variant="ghost">Hover me</Button>
      </Tooltip>
    </Group>
  );
}

function Fields() {
  const [planet, setPlanet] = useState<string | null>("earth");
  const [option, setOption] = useState<Option | null>(PLANETS[1]!);
  const [several, setSeveral] = useState<Option[]>(PLANETS.slice(0, 2));
  const [day, setDay] = useState<string | null>("2026-11-24");
  const [instant, setInstant] = useState<string | null>(null);
  return (
    <Group title="Fields">
      <div className="grid w-full gap-4 wide:grid-cols-3">
        <Field label="Name" hint="As it is on the card.">
          <Input placeholder="Ada Lovelace" />
        </Field>
        <Field label="E-mail" error="This is no e-mail address.">
          <Input defaultValue="ada@" />
        </Field>
        <Field label="Disabled" optional="optional">
          <Input disabled defaultValue="Nobody" />
        </Field>
        <Field label="Planet">
          <Select options={PLANETS} value={planet} onChange={setPlanet} />
        </Field>
        <Field label="Empty select">
          <Select options={PLANETS} value={null} onChange={setPlanet} placeholder="Choose" />
        </Field>
        <Field label="Combobox">
          <Combobox
            options={PLANETS}
            value={option}
            onChange={setOption}
            placeholder="Find a planet"
            empty="No such planet"
          />
        </Field>
        <Field label="Several">
          <MultiCombobox
            options={PLANETS}
            value={several}
            onChange={setSeveral}
            placeholder="Add"
            empty="No such planet"
          />
        </Field>
        <Field label="Day">
          <DateField value={day} onChange={setDay} />
        </Field>
        <Field label="Moment">
          <DateTimeField value={instant} onChange={setInstant} />
        </Field>
        <Field label="Note" className="wide:col-span-2">
          <Textarea placeholder="What happened?" />
        </Field>
        <div className="flex flex-col">
          <Checkbox defaultChecked>Checked</Checkbox>
          <Checkbox>Unchecked</Checkbox>
          <Checkbox indeterminate>Some</Checkbox>
          <Checkbox disabled>Disabled</Checkbox>
          <Switch defaultChecked>On</Switch>
          <Switch>Off</Switch>
        </div>
      </div>
    </Group>
  );
}

function Overlays() {
  const [dialog, setDialog] = useState(false);
  const [panel, setPanel] = useState(false);
  return (
    <Group title="Overlays">
      <Button onClick={() => setDialog(true)}>Dialog</Button>
      <Dialog
        open={dialog}
        onOpenChange={setDialog}
        title="New person"
        description="A name or an e-mail is enough."
        footer={
          <>
            <Button onClick={() => setDialog(false)}>Cancel</Button>
            <Button variant="primary">Create</Button>
          </>
        }
      >
        <Field label="Name">
          <Input />
        </Field>
      </Dialog>
      <Button onClick={() => setPanel(true)}>Side panel</Button>
      <SidePanel open={panel} onOpenChange={setPanel} label="Ada Lovelace">
        <div className="p-4">
          <Button onClick={() => setPanel(false)}>Close</Button>
        </div>
      </SidePanel>
      <Popover trigger={<Button>Popover</Button>} label="Popover">
        What is inside.
      </Popover>
      <Menu trigger={<Button>Menu</Button>} entries={ENTRIES} />
      <ContextMenu entries={ENTRIES}>
        <Button variant="ghost">Right-click me</Button>
      </ContextMenu>
      <Button
        icon={TagIcon}
        onClick={() => toast({ title: "Tag added to 3 people", action: { label: "Undo", run: () => undefined } })}
      >
        Toast
      </Button>
      <Button
        onClick={() =>
          toast({
            tone: "danger",
            title: "The server can't be reached",
            description: "What you typed is kept. Try again when you are back online.",
          })
        }
      >
        Error toast
      </Button>
    </Group>
  );
}

function TabsGroup() {
  const [tab, setTab] = useState<"timeline" | "tasks" | "files">("timeline");
  const [theme, setSegment] = useState<"a" | "b" | "c">("a");
  return (
    <Group title="Tabs">
      <div className="w-full">
        <Tabs
          label="Parts"
          value={tab}
          onChange={setTab}
          tabs={[
            { value: "timeline", label: "Timeline" },
            { value: "tasks", label: "Tasks", count: 3 },
            { value: "files", label: "Files" },
          ]}
        >
          {(value) => <p className="py-3">Panel {value}</p>}
        </Tabs>
      </div>
      <Segmented
        label="Theme"
        value={theme}
        onChange={setSegment}
        options={[
          { value: "a", label: "System" },
          { value: "b", label: "Light" },
          { value: "c", label: "Dark" },
        ]}
      />
    </Group>
  );
}
