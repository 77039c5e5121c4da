import type { Story } from "./story.ts";

/**
 * Three boards of made-up people. Agency musts, agreements and cards for a few eyes only are not here: the board does not
 * have them yet.
 */

/** Two people and one tablet at a kitchen table: ordered to attend, and hard to win. */
const gavin = {
  key: "gavin",
  title: "Gavin’s board",
  people: {
    gavin: { name: "Gavin", role: "client", language: "en", colour: "moss" },
    sunita: { name: "Sunita", role: "worker", language: "en", colour: "plum" },
  },
  cards: {
    early: { by: "gavin", how: "spoken", kind: "strength", area: "work", time: "now", words: "Up at five, never late" },
    team: {
      by: "sunita",
      said: "gavin",
      how: "scribed+read-back",
      kind: "strength",
      area: "work",
      time: "before",
      words: "Ran a team of six",
      story: "Two tours. Everybody came home. They still ring me when something breaks.",
    },
    roast: {
      by: "gavin",
      how: "spoken",
      kind: "worked-before",
      area: "home",
      time: "now",
      words: "Sunday roast for the boys",
    },
    files: {
      by: "sunita",
      said: "gavin",
      how: "scribed+read-back",
      kind: "hard-thing",
      area: "health",
      time: "now",
      words: "You lot write stuff I never see",
    },
    weekends: {
      by: "gavin",
      how: "spoken",
      kind: "hope",
      area: "people",
      time: "hoped",
      words: "Have the boys Friday to Sunday",
    },
    beryl: { by: "gavin", kind: "person", area: "people", time: "now", words: "Mum, ten minutes away" },
    van: { by: "gavin", kind: "resource", area: "money", time: "now", words: "The van. Taxed and running" },
    river: {
      by: "sunita",
      said: "gavin",
      how: "scribed+read-back",
      kind: "helps-me",
      area: "fun",
      time: "now",
      words: "An hour by the river with a rod",
    },
    word: {
      by: "gavin",
      kind: "value",
      area: "culture",
      time: "now",
      words: "If I say I’ll be there, I’m there",
    },
  },
  goals: [
    {
      by: "sunita",
      said: "gavin",
      how: "scribed+read-back",
      words: "Get you out of my life and get my weekends back.",
      whose: "mine",
      state: "working",
      why: "They’re eight and ten. It goes fast.",
      zero: "boys only see me with someone taking notes",
      ten: "Friday football and they sleep at mine",
      signs: "The boys leave their boots at mine.",
      goodEnough: 8,
      review: "2027-02-12",
      strengths: ["early", "roast", "word"],
      readings: { gavin: 2 },
      steps: [
        {
          by: "gavin",
          how: "spoken",
          what: "Text the centre for a Saturday slot",
          who: ["gavin"],
          size: "today",
          state: "doing",
        },
        {
          by: "sunita",
          what: "Send Gavin, in plain words, what the court needs to see",
          who: ["sunita"],
          size: "this-week",
          date: "2026-11-26",
        },
        {
          by: "gavin",
          what: "Mum comes along to two visits",
          who: ["gavin", "Beryl"],
          size: "later",
          date: "2026-12-20",
        },
        {
          by: "sunita",
          what: "Ask for Gavin’s copy of his file, and say why it matters",
          who: ["sunita"],
          size: "later",
          date: "2026-12-01",
        },
      ],
    },
  ],
} as const satisfies Story;

/** Two languages at once: one screen runs from the right, the other from the left. */
const amal = {
  key: "amal",
  title: "لوحة أمل",
  people: {
    amal: { name: "أمل", role: "client", language: "ar", colour: "teal", symbol: "sun" },
    fiona: { name: "Fiona", role: "worker", language: "en", colour: "rust" },
    nour: { name: "Nour", role: "interpreter", language: "ar", colour: "slate" },
  },
  cards: {
    cooking: {
      by: "amal",
      kind: "strength",
      area: "home",
      time: "now",
      words: "أطبخ لمئة شخص في الأعراس",
    },
    teacher: {
      by: "amal",
      kind: "strength",
      area: "work",
      time: "before",
      words: "كنت معلمة رياضيات 11 سنة",
      story: "كان طلابي يقولون إن الكسور صارت سهلة.",
    },
    dawn: { by: "amal", kind: "helps-me", area: "culture", time: "now", words: "صلاة الفجر تهدّئني" },
    yusuf: { by: "amal", kind: "person", area: "people", time: "now", words: "يوسف يضحكني كل يوم" },
    class: { by: "amal", kind: "hope", area: "work", time: "hoped", words: "عندي صف من جديد" },
    patience: { by: "fiona", kind: "gift", area: "work", time: "now", words: "You explain things so that they stay" },
  },
  goals: [
    {
      by: "amal",
      words: "أريد أن أعود إلى التدريس، ولو ساعة في الأسبوع",
      whose: "mine",
      state: "working",
      zero: "لا أحد هنا يعرف أنني معلمة",
      ten: "عندي صف وطلاب ينادونني: يا آنسة",
      goodEnough: 6,
      review: "2026-12-18",
      strengths: ["teacher", "dawn"],
      readings: { amal: 2 },
      steps: [
        { by: "amal", what: "أبحث مع يوسف عن صورة الشهادة", who: ["amal"], size: "today" },
        {
          by: "fiona",
          what: "Call the college about Amal’s degree: 0141 496 0000",
          who: ["fiona"],
          size: "later",
          date: "2026-12-05",
        },
        {
          by: "amal",
          what: "أساعد الصف الخامس في مدرسة السبت، الساعة 10:30، مع Ms Rukhsana Iqbal",
          who: ["amal", "Rukhsana Iqbal"],
          size: "later",
          date: "2026-12-05",
        },
      ],
    },
  ],
} as const satisfies Story;

/** A family of five and their worker. Text to be checked by Māori advisers before it is used in public. */
const ngata = {
  key: "ngata",
  title: "Ngata whānau",
  people: {
    aroha: { name: "Aroha", role: "client", language: "en", colour: "rose", symbol: "star" },
    hine: { name: "Hine", role: "supporter", language: "en", colour: "ochre", writesShared: true },
    wiremu: { name: "Koro Wiremu", role: "supporter", language: "en", colour: "blue", writesShared: true },
    tane: { name: "Tāne", role: "supporter", language: "en", colour: "moss", writesShared: true },
    mere: { name: "Aunty Mere", role: "supporter", language: "en", colour: "teal", writesShared: true },
    sarah: { name: "Sarah", role: "worker", language: "en", colour: "slate" },
  },
  cards: {
    koro: { by: "aroha", kind: "person", area: "people", time: "now", words: "Koro picks me up when I’m low" },
    waiata: { by: "hine", kind: "value", area: "culture", time: "now", words: "Nan’s waiata" },
    wing: { by: "aroha", kind: "strength", area: "fun", time: "now", words: "I’m fast, wing for the under-16s" },
    writing: { by: "aroha", kind: "helps-me", area: "health", time: "now", words: "I write when my head is loud" },
    marae: { by: "wiremu", kind: "place", area: "culture", time: "before", words: "Summers at the marae" },
    tea: { by: "hine", kind: "worked-before", area: "home", time: "before", words: "Everyone at the table for tea" },
    van: { by: "tane", kind: "resource", area: "money", time: "now", words: "I’ve got the ute and mornings free" },
    laugh: { by: "mere", kind: "gift", area: "people", time: "now", words: "You make the little ones feel safe" },
    kapa: { by: "mere", kind: "hope", area: "culture", time: "hoped", words: "Aroha back on stage with the kapa haka" },
  },
  goals: [
    {
      by: "aroha",
      words: "Go back to school my way and not cry in front of everyone",
      whose: "mine",
      state: "working",
      why: "My mates are there. I just need a door I can go out of.",
      zero: "can’t get out of the car",
      ten: "a whole week and I laughed at lunch",
      goodEnough: 7,
      review: "2026-12-11",
      strengths: ["koro", "writing", "wing"],
      readings: { aroha: 2, hine: 4, wiremu: 5, tane: 3, mere: 4 },
      steps: [
        { by: "tane", what: "Walk past the gate together", who: ["tane", "aroha"], size: "today", state: "done" },
        {
          by: "tane",
          what: "Drive Aroha on Mondays and Wednesdays",
          who: ["tane"],
          size: "later",
          date: "2026-11-30",
        },
        {
          by: "sarah",
          what: "Ask school for a time-out card",
          who: ["sarah"],
          size: "this-week",
          date: "2026-11-27",
        },
        { by: "mere", what: "Find the kapa haka leader", who: ["mere"], size: "this-week", state: "doing" },
      ],
    },
    {
      by: "hine",
      words: "Look after each other like Nan did.",
      whose: "ours",
      state: "chosen",
      strengths: ["waiata", "tea"],
      readings: {},
      steps: [
        {
          by: "wiremu",
          what: "Phones off at tea",
          who: ["aroha", "hine", "wiremu", "tane", "mere"],
          size: "today",
          when: "every day at tea",
        },
      ],
    },
  ],
} as const satisfies Story;

export const stories = { gavin, amal, ngata };
