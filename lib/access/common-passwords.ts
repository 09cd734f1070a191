/**
 * Passwords that are tried first, and the words they are made of, lower case.
 * From the frequency list of zxcvbn 4.4.2 (MIT licence, (c) 2012-2016 Dan Wheeler and Dropbox, Inc.).
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
0000000000o 0102030405 010203040506 0147896325 0192837465 0987654321q 1020304050 102030405060 1029384756
1111111111zz 1111122222 1112131415 1122334455 112233445566 1123581321 1213141516 1223334444 123123123a 123123123q
123123qweqwe 1234509876 1234554321 12345654321 123456654321 1234567890 12345678900 12345678900987654321
1234567890a 1234567890q 1234567890qw 1234567890s 1234567890z 1234567891 12345678910 12345678912 123456789123
1234567899 123456789987654321 123456789a 123456789abc 123456789b 123456789d 123456789g 123456789k 123456789l
123456789m 123456789n 123456789o 123456789p 123456789q 123456789qaz 123456789qqq 123456789qwe 123456789qwerty
123456789r 123456789s 123456789t 123456789v 123456789w 123456789x 123456789z 123456qwerty 12345qwert 12345qwerty
12345trewq 12345zxcvb 1234qwerasdf 1234qwerty 123hfjdk147 123qwe456rty 123qweasdzxc 1357908642 1357924680
17171717aa 1a2a3a4a5a 1a2b3c4d5e 1a2s3d4f5g 1pass1page 1q2q3q4q5q 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc
1qaz2wsx3edc4rfv 1qazxsw23edc 1z2x3c4v5b 23176djivanfros 3141592654 3216732167 3rjs1la7qe 3syqo15hil 4815162342
4815162342lost 51051051051 541233432442 5hsu75kpot 7894561230 7ugd5hip2j 89015173454 89231243658s 89600506779
8phrowz622 8phrowz624 9293709b13 987654321a 987654321q 999111999q a1a2a3a4a5 a1b2c3d4e5 a1s2d3f4g5 abracadabra
abrakadabra access accord action adidas admin administrator airborne airforce airplane alabama alaska aleksander
aleksandra alessandro alexande alexander1 alexandr alexis alpha america anastasiya andrey angel angelofwar angels
animal apache apollo apple apples arizona armageddon arsenal asdasd asdf asdfasdf asdfg asdfgh asdfghjk asdfghjkl
asdfghjkl1 asdfghjkl123 assassin astalavista astonvilla atlanta atlantis austin autumn avalon avatar awesome
azerty azertyuiop azsxdcfvgb babemagnet babydoll babygirl badboy badger badnaamhere baller bambam banana bandit
barbie barney baseball batman bear beatles beauty beaver beavis berlin bestfriend bigboy bigdaddy bigdog bigmac
bigman bigred billybob birdie birthday21 blackberry bladerunner blazer blingbling blizzard blue bluebird bobafett
bobcat bondarenko boogie boomer boston bowling brandy braveheart braves brazil britney bronco broncos brooklyn
browns bruins brutus bubba bubble bubbles buddy budlight buffalo bulldog bulldogs bullet businessbabe buster
cadillac caesar callofduty camaro cameron canada cancer captain cardinal carolina cartman casablanca casino casper
cassie catfish celtic champion changeme charlie charlie123 cheerleaers cheese chelsea cherokee chester chevelle
chevy cheyenne chicago chicken chickenwing101 chocolat chocolate1 chopper chronic cjkysirj classic cnjvfnjkju
cobra cocacola coffee colorado comicbookdb company compaq computador computer connor contortionist contrasena
cookie copper corona corvette cougar counterstrike cowboy cowboys coyote creative cricket ctdfcnjgjkm cthutq
cvzefh1gkc cxfcnkbdfz cxfcnmttcnm cyberonline dakota dallas dancer danger darkness darkside darkstar darthvader
dashadasha database dbrnjhbz dbrnjhjdbx default defender depechemode destiny detroit deutschland devildriver
devilmaycry devilmaycry4 devils dexter dhjnvytyjub diablo diamond diesel digger digital dilbert disney
dkflbvbhjdbx dkflbvbhjdyf doctor dodgers doggie dollar dolphin dolphins domino donkey dragon dragonball
dragonballz dragons dreamer dreams driver drowssap drummer ducati eagle eagles eclipse efbcapa201 einstein
electric elephant elizabet eminem empire engineer enter enterprise evanescence evangelion everton explorer extreme
falcon fantasy featurestore fender ferrari fgjrfkbgcbc finalfantasy fire fireball firebird firefighter fireman
fish fishing fkmnthyfnbdf fktrcfylh fktrcfylhf fktrcfylhjdbx fktrcfylhjdyf flash florida flower fluffy
flvbybcnhfnjh flyers football forest forever freaky freddy freedom freeuser friday friendster froggy fyfcnfcbz
fylhtq galatasaray galina galore gandalf garfield gateway gators gemini genesis genius gfhjkm gfhjkmgfhjkm ghbdtn
ghbdtndctv ghbdtnghbdtn ghbdtnrfrltkf ghjcnbnenrf ghjcnjgfhjkm ghjcnjghjcnj ghostrider giants ginger goblue
godzilla golden goldfish golf golfer goodfellas google greedisgood greenday guest guinness guitar gundam gunner
gy3yt2rgls hacker hammer hannah harley harrypotter hawaii hawkeye hd764nw5d7e1vb1 heaven hellfire hello hellokitty
helloworld hellraiser helpme hendrix hercules highlander hiphop hitman hobbes hockey holiday honda hondacivic
horney horse horses hotdog hotrod htubcnhfwbz hummer hunter icecream iceman iddqdidkfa ilovemyself iloveu iloveyou
infinity insertions integra internet ironmaiden ironman iseedeadpeople iwantu j3qq4h7h2v jaguar jamesbond007
jasmine jasper jester joker jordan junior jupiter justice justinbieber juventus karina katana kawasaki kirill
kitten kitty klaster kodiak konstantin lacrosse lakers lamborghini lasvegas leather leavemealone ledzeppelin
legend lennon lestat letmein letmeinnow liberty lifehack lifeisgood lights limpbizkit liverpoo liverpool
liverpool1 lizard lockerroom login logitech london lonewolf longhorn losangeles love lovely loveme loveyou lucifer
lucky machine madagaskar maddog madison madman madmax madonna maggie magic magnum maksim malibu manchester manutd
marina marine marines marlboro marley maryjane master masterbaiting masterbate mastermind matematika matrix
maurolarastefy maverick maxima maximilian maximus maxwell mercedes mercury merlin metallic metallica metallica1
mexico michigan mickey mickeymouse microphone microsoft minecraft mnbvcxz monday money moneymaker monkey monster
montana montecarlo montgom240 mookie mostwanted motdepasse motorola mountain mouse mozart muffin multiplelo
mustang mypassword naruto nascar nastya natali natasha needforspeed nemesis neveragain newport newyork nfnmzyf
nikita nintendo nirvana nissan nopassword nthvbyfnjh nuttertools oc247ngucz oksana oliver online opensesame openup
orange outlaw packard packers pakistan pandora pantera panther panthers panzer paradise parolparol passion
passmaster passport password password01 password11 password12 password123 password69 password99 passwort patches
pathfinder patriots pavilion peaches peanut pearljam peekaboo peewee pegasus penguin pepper phantom phoenix phpbb
picard pickle pirate platinum player playstation poiuytrewq pokemon pokemon123 police polina pontiac poohbear
pookie popcorn popeye porsche porsche911 precious predator prelude presario prettygirl prince princess private
psychnaut1 psycho pumpkin purple pyramid q1q2q3q4q5 q1w2e3r4t5 q1w2e3r4t5y6 qawsedrftg qazqaz qazwsx qazwsxedc
qazwsxedc1 qazwsxedc123 qazwsxedcrfv qazwsxedcrfvtgb qazxsw qazxswedcvfr qpwoeiruty quant4307s quicksilver qwaszx
qweasd qweasdzxc qweasdzxc1 qweasdzxc123 qweqwe qwerasdfzxcv qwert qwertasdfg qwerty qwertyasdfgh qwertyu qwertyui
qwertyuiop qwertyytrewq qwertz qwertzuiop rabbit racing raider raiders rainbow ranger rangers raptor rascal raven
razz realmadrid reddog redrum redsox redwings rfhfvtkmrf rfnfcnhjaf rhbcnbyjxrf rjirfrgbde rjycnfynby rkfdbfnehf
roadrunner rocket rocks rockstar rolltide ronaldinho ronaldo rooster root rosebud runner ruslan russia sailor
sailormoon saints salamander salamandra samantha samson samsung sandman saturn scarface scooby scooter scorpio
scorpion scotland scotty seattle secret security semperfi serega serenity sergey sersolution shadow shaggy shelby
shevchenko shooter shorty shotgun sierra silver simple simpsons skateboard skipper skippy skyline slayer slipknot
slipknot666 smallville smokey smooth snickers sniper snoopy snowball snowman soccer softball software
sojdlg123aljg solidsnake sonyericsson sophie soso123aljg sparky spartan117 speedy spider spiderma spiderman
spiderman1 spike spirit spitfire spooky spring srinivas star stargate startrek starwars stealth steelers stingray
strawberry strike stupid sublime success summer summertime sunset sunshine super superduper superman supersonic
surfer suzuki svetlana swimming swordfis swordfish sydney syncmaster target tarheels tattoo taurus temporary
tennis terminator test tester testing testing123 thailand theman theone therock thumper thunder thunderbird tiger
tigers tigger tinker tinkerbell titanic tokiohotel tomcat topgun tornado toyota translator trigger trinity trooper
trouble trucks trustnoone turkey turtle tweety undertaker unicorn valentin valentina vampire vanyarespekt vegeta
veronika vfhbyf vflfufcrfh vfntvfnbrf vfrcbv vfvfvskfhfve victory viking vikings viktor viper vision vladimir
volkswagen voodoo voyager vqsablpzla vsjasnel12 vyjujnjxbt wachtwoord warcraft warrior watermelon weasel
websolutions welcome welcome123 westside whatever whosyourdaddy whynot wildcat wildcats willow windows winner
winston winter wizard wolfpack wolverin wolves wombat wrangler xavier xfiles yamaha yankee yankees yellow yfnfif
yfnfitymrf yjdsqgfhjkm ytrewq z1x2c3v4b5 zaq1xsw2cde3 zaqwsx zaratustra zcxfcnkbdf zeppelin zombie zxcasdqwe123
zxcvbn zxcvbnm zxcvbnm123
`
    .trim()
    .split(/\s+/),
);
