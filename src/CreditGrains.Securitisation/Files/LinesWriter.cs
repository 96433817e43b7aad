using System.Text.Json;
using CreditGrains.Securitisation.Cashflows;

namespace CreditGrains.Securitisation.Files;

/// <summary>Writes rep lines as <see cref="LinesFile"/> reads them. Level, equal-principal and bullet plans, balloons, interest-only and stepped ones alike.</summary>
public static class LinesWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n" };

    /// <summary>The file as text in UTF-8.</summary>
    public static byte[] Write(LinesFile file)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("currency", file.Currency.ToString());
            json.WriteString("amounts", file.IsMajor ? "major" : "minor");
            if (file.CutOff is { } date) json.WriteString("cutOff", date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteStartArray("lines");
            foreach (var line in file.Lines) Write(json, line, file.UnitsOf);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, LoanLine line, double units)
    {
        json.WriteStartObject();
        json.WriteString("id", line.Id);
        json.WriteNumber("balance", (decimal)line.Balance / (decimal)units);
        json.WriteNumber("rate", line.RateAnnual);
        if (line.ServicingFeeAnnual != 0) json.WriteNumber("servicingFee", line.ServicingFeeAnnual);
        json.WriteNumber("remainingMonths", line.RemainingMonths);
        if (line.AgeMonths != 0) json.WriteNumber("ageMonths", line.AgeMonths);
        if (line.Segment != 0) json.WriteNumber("segment", line.Segment);
        if (line.MissedInstalments != 0) json.WriteNumber("missedInstalments", line.MissedInstalments);
        if (line.FirstPayment is { } first) json.WriteString("firstPayment", first.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        if (!line.RatePath.IsDefaultOrEmpty) Numbers(json, "rates", line.RatePath);
        switch (line.Amortisation)
        {
            case Amortisation.EqualPrincipal: json.WriteString("amortisation", "equalPrincipal"); break;
            case Amortisation.AtMaturity: json.WriteString("amortisation", "bullet"); break;
            case Amortisation.InterestOnlyThenLevel free: Part(json, "interestOnlyMonths", free.InterestOnlyMonths); break;
            case Amortisation.Balloon balloon: Part(json, "amortisationMonths", balloon.AmortisationMonths); break;
            case Amortisation.Stepped stepped:
                json.WriteStartObject("amortisation");
                Numbers(json, "parts", stepped.Parts);
                json.WriteEndObject();
                break;
        }

        json.WriteEndObject();
    }

    private static void Part(Utf8JsonWriter json, string name, int months)
    {
        json.WriteStartObject("amortisation");
        json.WriteNumber(name, months);
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
