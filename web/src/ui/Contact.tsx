// A contact for questions. An email address becomes a link, anything else is text.
export function Contact({ of: contact }: { of: string }) {
  if (/^[^\s@,;?&]+@[^\s@,;?&]+\.[^\s@,;?&]+$/.test(contact))
    return (
      <a href={`mailto:${contact}`} className="underline">
        {contact}
      </a>
    );
  return <span dir="auto">{contact}</span>;
}
