namespace CreditGrains.Domain.Loans.Products;

/// <summary>The canonical bytes of a schedule kind. The numbers of the kinds are part of the format.</summary>
internal static class AmortisationCodec
{
    public static void Write(ProductBytes w, Amortisation amortisation)
    {
        switch (amortisation)
        {
            case Amortisation.Level:
                w.Byte(0);
                break;
            case Amortisation.EqualPrincipal:
                w.Byte(1);
                break;
            case Amortisation.InterestOnlyThenLevel only:
                w.Byte(2);
                w.Unsigned(only.InterestOnlyCount);
                break;
            case Amortisation.Balloon balloon:
                w.Byte(3);
                w.Unsigned(balloon.FinalAmount);
                break;
            case Amortisation.Bullet:
                w.Byte(4);
                break;
            case Amortisation.Stepped stepped:
                w.Byte(5);
                w.Unsigned(stepped.Steps.Length);
                foreach (var step in stepped.Steps)
                {
                    w.Unsigned(step.FromNumber);
                    w.Unsigned(step.Ppm);
                }

                break;
            case Amortisation.Custom custom:
                w.Byte(6);
                w.Unsigned(custom.Instalments.Length);
                foreach (var one in custom.Instalments)
                {
                    w.Unsigned(one.Due.DayNumber);
                    w.Unsigned(one.Amount);
                    w.Byte((int)one.Counts);
                }

                break;
            case Amortisation.Seasonal { Cash: var cash }:
                w.Byte(7);
                w.Unsigned(cash.Months.Length);
                foreach (var month in cash.Months) w.Signed(month);
                w.Signed(cash.LeanBelow ?? -1);
                w.Unsigned(cash.SharePpm);
                break;
            default:
                throw new InvalidOperationException($"no such amortisation: {amortisation.GetType().Name}");
        }
    }

    public static Amortisation Read(ref ProductReader r)
    {
        switch (r.Byte())
        {
            case 0: return new Amortisation.Level();
            case 1: return new Amortisation.EqualPrincipal();
            case 2: return new Amortisation.InterestOnlyThenLevel((int)r.Unsigned());
            case 3: return new Amortisation.Balloon(r.Unsigned());
            case 4: return new Amortisation.Bullet();
            case 5:
                var steps = new InstalmentStep[r.Count(LoanTerms.InstalmentCountMax)];
                for (var i = 0; i < steps.Length; i++) steps[i] = new InstalmentStep((int)r.Unsigned(), r.Unsigned());
                return new Amortisation.Stepped([.. steps]);
            case 6:
                var instalments = new CustomInstalment[r.Count(LoanTerms.InstalmentCountMax)];
                for (var i = 0; i < instalments.Length; i++) instalments[i] = new CustomInstalment(r.Day(), r.Unsigned(), (CustomAmount)r.Byte());
                return new Amortisation.Custom([.. instalments]);
            case 7:
                var months = new long[r.Count(CashProfile.MonthCount)];
                for (var i = 0; i < months.Length; i++) months[i] = r.Signed();
                var lean = r.Signed();
                return new Amortisation.Seasonal(new CashProfile([.. months], lean < 0 ? null : lean, r.Unsigned()));
            default: throw new InvalidDataException("A loan product has a schedule kind this version does not know.");
        }
    }
}
