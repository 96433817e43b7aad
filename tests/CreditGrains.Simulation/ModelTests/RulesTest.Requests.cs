namespace CreditGrains.Simulation.ModelTests;

/// <summary>Rules of requests, facts, time and reversal, as tables with numbers worked out by hand.</summary>
public sealed class RequestRulesTest
{
    public static TheoryData<string, string> Requests => new()
    {
        { "all failing limits are listed in order, and name the reason", """
            node Top 50
            facility F 100 under Top
            sublimit F cash 20
            velocity F 60 30 -1
            authorize F 101 cash => LimitExceeded F:100 SubLimit.F:20 VelocityAmount.F:30 Top:50
            authorize F 31 cash => SubLimitExceeded SubLimit.F:20 VelocityAmount.F:30
            authorize F 31 => VelocityExceeded VelocityAmount.F:30
            """ },
        { "approval in part is the largest amount that passes everything", """
            node Top 1000
            node Narrow 61
            facility F 90 under Top Narrow:500000
            authorize F 200 least 91 => LimitExceeded F:90 Narrow:61
            authorize F 200 least 90 => ApprovedInPart 90
            limit F 1000
            authorize F 200 least 32 => ApprovedInPart 32
            authorize F 200 least 1 => LimitExceeded Narrow:0
            """ },
        { "nothing is approved on a node in excess, not even what changes nothing there", """
            node Top 100
            facility F 1000 under Top
            facility G 1000 under Top
            clear F 150 => Posted 150 Top:-50
            authorize G 1 => LimitExceeded Top:-50
            repay F 51
            authorize G 1 => Approved 1
            """ },
        { "a referral holds nothing and is checked again when accepted", """
            node Top 1000
            facility F 1000 under Top
            review Top 100
            authorize F 100 => Approved 100
            authorize F 101 as R => Referred 101 Review.Top:-1
            authorize F 300 as S => Referred 300 Review.Top:-200
            check F held=100 open=3
            accept F R as H => Approved 101
            check F held=201 open=3
            limit F 500
            accept F S => LimitExceeded F:299
            accept F S => ReferenceNotOpen
            void F H => Posted 101
            """ },
        { "a frozen node stops requests and no fact", """
            node Top 1000
            facility F 1000 under Top
            freeze Top
            authorize F 1 => NodeFrozen Blocked.Top:0
            clear F 1 => Posted 1
            unfreeze Top
            freeze F
            authorize F 1 => FacilityFrozen
            """ },
        { "a closing facility takes facts and closes when the last is cleared", """
            node Top 1000
            facility F 1000 under Top
            authorize F 10 as H
            close F
            check F status=2
            authorize F 1 => FacilityClosed
            freeze F => FacilityClosed
            void F H
            check F status=3
            clear F 5
            check F status=2
            repay F 5
            check F status=3
            """ },
    };

    public static TheoryData<string, string> Counters => new()
    {
        { "velocity counts whole buckets: of a minute, 4 seconds each, 15 back", """
            node Top 1000
            facility F 1000 under Top
            velocity F 60 100 -1
            authorize F 60
            wait 60
            authorize F 41 => VelocityExceeded VelocityAmount.F:40
            wait 3.999999
            authorize F 41 => VelocityExceeded VelocityAmount.F:40
            wait 0.000001
            authorize F 41 => Approved 41
            """ },
        { "velocity of one second counts the second and the one before", """
            node Top 1000
            facility F 1000 under Top
            velocity F 1 -1 1
            authorize F 1
            wait 1.999999
            authorize F 1 => VelocityExceeded VelocityCount.F:0
            wait 0.000001
            authorize F 1 => Approved 1
            """ },
        { "velocity is share-weighted and rounded up each time, never taken out, and counts what clears above a hold", """
            node Top 1000
            facility F 1000 under Top:500000
            velocity Top 86400 50 -1
            authorize F 21 as H
            check Top velocity=11 count=1
            capture F H 25
            check Top velocity=13 count=1
            void F H => ReferenceNotOpen
            clear F 3
            check Top velocity=15 count=2
            """ },
        { "a fact without rate marks the bucket", """
            node Top 100000 in USD
            facility F 1000 under Top
            velocity Top 60 500 -1
            clear F 10
            rate EUR USD 1
            authorize F 1 => VelocityExceeded VelocityAmount.Top:0
            wait 64
            authorize F 1 => Approved 1
            """ },
        { "a sub-limit follows approval, release and what is drawn", """
            node Top 10000
            facility F 1000 under Top
            sublimit F cash 100
            authorize F 60 cash as H
            check F used=60
            capture F H 20
            check F used=60
            capture F H 10 final
            check F used=30
            clear F 50 cash
            check F used=80
            repay F 70
            check F used=10
            """ },
        { "a new sub-limit starts with the open holds under it", """
            node Top 10000
            facility F 1000 under Top
            authorize F 60 cash as H
            capture F H 20
            authorize F 7
            sublimit F cash 100
            check F used=40
            """ },
    };

    public static TheoryData<string, string> Time => new()
    {
        { "an end is rounded up to a second and reached when equal", """
            node Top 1000
            facility F 1000 under Top
            wait 0.5
            authorize F 10 life 1 as H
            wait 1.499999
            capture F H 1 => Posted 1
            check F held=9
            wait 0.000001
            capture F H 1 => Posted 1
            check F held=0 principal=2
            """ },
        { "an increase moves the end later, never earlier", """
            node Top 1000
            facility F 1000 under Top
            authorize F 10 life 100 as H
            increase F H 5 life 50
            wait 99
            increase F H 5 life 10
            wait 9
            void F H => Posted 20
            """ },
        { "a float restores nothing until it clears, by word or by time", """
            node Top 1000
            facility F 100 under Top
            draw F 100
            repay F 60 uncleared life 10 as R
            repay F 10 uncleared as S
            authorize F 1 => LimitExceeded F:0
            good F S => Posted 10
            check F headroom=10 uncleared=60
            wait 10
            authorize F 70 => Approved 70
            check F uncleared=0 principal=30 released=70
            """ },
        { "the temporary limit with the latest start wins, then what was in force returns", """
            node Top 1000
            facility F 100 under Top
            limit F 500 from 10 until 50
            limit F 300 from 20 until 30
            limit F 50 from 25
            check F headroom=100
            wait 10
            check F headroom=500
            wait 10
            check F headroom=300
            wait 9
            check F headroom=300
            wait 1
            check F headroom=500
            wait 20
            check F headroom=50
            """ },
    };

    public static TheoryData<string, string> Reversals => new()
    {
        { "of an id not seen: a tombstone", """
            node Top 1000
            facility F 1000 under Top
            reverse Early => Posted 0
            late Early authorize F 10 as X => Tombstoned
            check F held=0
            reverse X => AlreadyReversed
            """ },
        { "of a hold, in part captured: its remainder", """
            node Top 1000
            facility F 1000 under Top
            authorize F 100 as H
            capture F H 30 as C
            reverse H => Posted 70
            reverse H => AlreadyReversed
            check F held=0 principal=30
            reverse C => Posted 30
            check F principal=0
            """ },
        { "of an increase: what of it remains", """
            node Top 1000
            facility F 1000 under Top
            authorize F 10 as H
            increase F H 40 as I
            capture F H 35
            reverse I => Posted 15
            check F held=0 open=0
            reverse H => NothingToReverse
            """ },
        { "of draws and charges: what is owed falls, the rest is credit", """
            node Top 1000
            facility F 1000 under Top
            draw F 100 as D
            interest F 20 as I
            fee F 5 as E
            repay F 60
            check F principal=65 interest=0 fees=0 released=35
            reverse D => Posted 100
            check F principal=0 credit=35
            reverse I => Posted 20
            reverse E => Posted 5
            check F credit=60
            """ },
        { "of a refund: it is charged again, from credit first", """
            node Top 1000
            facility F 1000 under Top
            draw F 10
            refund F 30 as R
            check F principal=0 credit=20
            reverse R => Posted 30
            check F principal=10 credit=0
            """ },
        { "of a repayment: its parts return", """
            node Top 1000
            facility F 1000 under Top
            draw F 100
            fee F 7
            interest F 20
            repay F 150 as R
            check F credit=23 released=100
            draw F 10
            check F credit=13 principal=0
            reverse R => Posted 150
            check F fees=7 interest=20 principal=110 credit=0 released=0
            bounce F R => AlreadyReversed
            """ },
        { "of a float: dropped while open; cleared since, the clearing is bounced", """
            node Top 1000
            facility F 1000 under Top
            draw F 100
            repay F 10 uncleared as R
            repay F 20 uncleared as S
            reverse R => Posted 10
            reverse R => AlreadyReversed
            good F S as G
            reverse S => NothingToReverse
            reverse G => NothingToReverse
            bounce F G => Posted 20
            check F principal=100 uncleared=0 released=0
            """ },
        { "of a float dropped as a repayment that came back: undone already", """
            node Top 1000
            facility F 1000 under Top
            repay F 10 uncleared as R
            bounce F R => Posted 10
            reverse R => AlreadyReversed
            bounce F R => NotARepayment
            check F uncleared=0 open=0
            """ },
        { "of what had no effect: nothing", """
            node Top 1000
            facility F 10 under Top
            authorize F 11 as A => LimitExceeded F:10
            reverse A => NothingToReverse
            limit F 20 as L
            reverse L => NothingToReverse
            writeoff F 1 as W => BalanceNegative
            reverse W => NothingToReverse
            """ },
        { "a referral is dropped; accepted, its hold is voided by reference", """
            node Top 1000
            facility F 1000 under Top
            review F 10
            authorize F 11 as A => Referred 11 Review.F:-1
            reverse A => Posted 11
            authorize F 12 as B => Referred 12 Review.F:-2
            accept F B as H => Approved 12
            reverse B => NothingToReverse
            check F held=12
            reverse H => Posted 12
            """ },
    };

    public static TheoryData<string, string> Balances => new()
    {
        { "a final capture releases the rest, a capture above posts without hold", """
            node Top 1000
            facility F 100 under Top
            authorize F 80 as H
            capture F H 30 final
            check F principal=30 held=0 open=0
            capture F H 100 => Posted 100 F:-30
            """ },
        { "credit is used first", """
            node Top 1000
            facility F 1000 under Top
            repay F 30
            interest F 10
            fee F 5
            draw F 40
            check F credit=0 interest=0 fees=0 principal=25
            """ },
        { "a write-off takes fees, interest, principal; recovery undoes the sum, the rest is credit", """
            node Top 1000
            facility F 1000 under Top
            draw F 100
            interest F 20
            fee F 5
            writeoff F 126 => BalanceNegative
            writeoff F 60
            check F fees=0 interest=0 principal=65 writtenoff=60 released=35
            recover F 70
            check F writtenoff=0 credit=10
            """ },
        { "a correction is signed and never makes a balance negative", """
            node Top 1000
            facility F 100 under Top
            adjust F 90 20 5 => Posted 90 F:-15
            adjust F -91 0 0 => BalanceNegative
            adjust F -10 -20 -5 => Posted -10
            check F principal=80 interest=0 fees=0
            """ },
        { "no balance above 2^60", """
            node Top 1152921504606846976
            facility F 1152921504606846976 under Top
            clear F 1152921504606846976
            clear F 1 => AmountOverflow
            refund F 1
            clear F 1 => Posted 1
            """ },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    [MemberData(nameof(Counters))]
    [MemberData(nameof(Time))]
    [MemberData(nameof(Reversals))]
    [MemberData(nameof(Balances))]
    public void Model_PlaysTheRow(string rule, string lines)
    {
        Assert.NotEmpty(rule);
        Script.Play(lines);
    }
}
