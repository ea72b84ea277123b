/** Looking somebody up by an address. It stays out of the page's address, which others may get to see. */
import { useState } from "react";
import { Search, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Input } from "@/ui/field";

interface Props {
  busy: boolean;
  /** What was looked up; null: the list is shown. */
  looked: string | null;
  onLook: (address: string) => void;
  onClear: () => void;
}

export function LeadLookup({ busy, looked, onLook, onClear }: Props) {
  const { t } = useTranslation("marketing");
  const [address, setAddress] = useState("");
  return (
    <form
      role="search"
      aria-label={t("leads.look_up")}
      className="mb-3 flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim() !== "") onLook(address);
      }}
    >
      <Input
        className="max-w-80"
        dir="auto"
        aria-label={t("leads.look_up_by")}
        placeholder={t("leads.look_up_by")}
        autoComplete="off"
        value={address}
        onChange={(event) => setAddress(event.target.value)}
      />
      <Button type="submit" busy={busy} disabled={address.trim() === ""}>
        <Search className="size-4" aria-hidden />
        {t("leads.look_up")}
      </Button>
      {looked !== null && (
        <Button
          look="quiet"
          onClick={() => {
            setAddress("");
            onClear();
          }}
        >
          <X className="size-4" aria-hidden />
          {t("leads.all")}
        </Button>
      )}
    </form>
  );
}
