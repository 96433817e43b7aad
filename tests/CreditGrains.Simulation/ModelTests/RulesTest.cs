namespace CreditGrains.Simulation.ModelTests;

/// <summary>The trickiest rules as tables: each row is a rule, its numbers are worked out by hand. Limits default to EUR.</summary>
public sealed class RulesTest
{
    public static TheoryData<string, string> Graph => new()
    {
        { "a facility counts once over a diamond", """
            node Top 1000
            node Left 5000 under Top
            node Right 5000 under Top
            facility F 5000 under Left Right
            authorize F 600
            check Top exposure=600 headroom=400
            authorize F 401 => LimitExceeded Top:400
            authorize F 400 => Approved 400
            """ },
        { "co-lending shares are rounded up on each sum, not on each facility", """
            node Bank 1000
            node Partner 1000
            facility F 1000 under Bank:800000 Partner:200000
            facility G 1000 under Bank:800000 Partner:200000
            authorize F 101
            check Bank exposure=81
            check Partner exposure=21
            authorize G 102
            check Bank exposure=163
            check Partner exposure=41
            """ },
        { "shares along two links multiply, rounded up to a millionth; over two ways they add", """
            node Top 1000000
            node Left 1000000 under Top:333333
            node Right 1000000 under Top:250000
            facility F 1000000 under Left:500000 Right:500000
            authorize F 1000000
            check Left exposure=500000
            check Top exposure=291667
            """ },
        { "over several ways at most the whole, also for what lies above", """
            node Top 1000
            node Middle 1000 under Top:500000
            node Left 1000 under Middle
            node Right 1000 under Middle
            facility F 1000 under Left Right
            authorize F 100
            check Middle exposure=100
            check Top exposure=50
            """ },
        { "balances and holds follow a move, and limits stand in no move's way", """
            node A 1000
            node B 100
            facility F 1000 under A
            draw F 300
            authorize F 50
            move F A B
            check A exposure=0
            check B exposure=350 headroom=-250
            authorize F 1 => LimitExceeded B:-250
            """ },
        { "links make no cycle, no second link and no facility without parent", """
            node A 1000
            node B 1000 under A
            facility F 1000 under B
            link A B => Cycle
            link A A => InvalidKey
            link B A => AlreadyLinked
            unlink F B => ParentCount
            unlink A B => NotLinked
            link A F => InvalidKey
            close A => NodeNotEmpty
            unlink B A => Posted 0
            close A => Posted 0
            """ },
        { "of several faults of parents the unknown one is given before the closed one", """
            node A 1000
            node B 1000
            node Gone 1000
            close Gone
            node New 1000 under Gone => InvalidParent
            facility F 1000 under Gone => InvalidParent
            facility F 1000 under Gone New => UnknownNode Blocked.New:0
            facility F 1000 under New Gone => UnknownNode Blocked.New:0
            """ },
    };

    public static TheoryData<string, string> Exposure => new()
    {
        { "each currency is summed exactly, converted and rounded up once", """
            node Top 1000 in USD
            rate EUR USD 1.1
            rate JPY USD 0.0067
            facility E 100000 in EUR under Top
            facility F 100000 in EUR under Top
            facility J 100000 in JPY under Top
            draw E 101
            check Top exposure=112
            draw F 101
            check Top exposure=223
            draw J 100
            check Top exposure=290
            """ },
        { "minor units follow the digits of both currencies", """
            node Top 1000000 in KWD
            rate JPY KWD 0.002
            facility J 1000000 in JPY under Top
            draw J 1001
            check Top exposure=2002
            """ },
        { "a rate in the other direction does not count; a stale one refuses requests and lists no excess", """
            node Top 100 in USD
            facility F 1000 under Top
            rate USD EUR 0.9
            authorize F 10 => FxRateMissing Blocked.Top:0
            clear F 10 => Posted 10
            check Top exposure=none
            rate EUR USD 2 until 100
            authorize F 10 => Approved 10
            wait 100
            authorize F 10 => Approved 10
            wait 0.000001
            authorize F 10 => FxRateStale Blocked.Top:0
            clear F 30 => Posted 30
            rate EUR USD 2
            clear F 1 => Posted 1 Top:-22
            """ },
        { "a node counts by its basis", """
            node Drawn 10000
            node Principal 10000 principalOnly
            node Kept 10000 keepsRepaid
            node Committed 10000 committed
            node Undrawn 10000 undrawn 333333
            facility F 1000 under Drawn Principal Kept Committed Undrawn
            draw F 300
            interest F 20
            fee F 10
            authorize F 70
            repay F 130
            check F principal=200 interest=0 fees=0 held=70 released=100
            check Drawn exposure=270
            check Principal exposure=270
            check Kept exposure=370
            check Committed exposure=1000
            check Undrawn exposure=514
            clear F 1000 => Posted 1000 F:-270
            check Committed exposure=1270
            check Undrawn exposure=1270
            """ },
        { "credit adds headroom to the facility alone, and only when it says so", """
            node Top 1000
            facility F 100 creditAdds under Top
            facility G 100 under Top
            repay F 50
            repay G 50
            check F headroom=150
            check G headroom=100
            check Top exposure=0
            authorize F 150
            check Top exposure=150
            authorize G 101 => LimitExceeded G:100
            """ },
        { "opening or raising a limit is refused where the limit itself is counted", """
            node Top 1000 committed
            facility F 700 under Top
            facility G 301 under Top => LimitExceeded Top:300
            facility H 300 owes 350 under Top => LimitExceeded Top:300
            facility K 300 under Top => Posted 0
            limit F 701 => LimitExceeded Top:0
            limit F 100 => Posted 0
            check Top exposure=400
            """ },
        { "what a facility owes at the start posts as fact and lists the excess", """
            node Top 100
            facility F 200 owes 250 under Top => Posted 0 F:-50 Top:-150
            authorize F 1 => LimitExceeded F:-50 Top:-150
            """ },
    };

    [Theory]
    [MemberData(nameof(Graph))]
    [MemberData(nameof(Exposure))]
    public void Model_PlaysTheRow(string rule, string lines)
    {
        Assert.NotEmpty(rule);
        Script.Play(lines);
    }
}
